"""Names that callers commonly give or ask for, first and last ones; none that is a plain word too.

For two questions only: whether a word after "this is" is who speaks, and whether somebody asked for
is a person. A name that is missing here is known by being in nobody's examples (openings.py).
"""

from __future__ import annotations

from contact_center.understanding.domain.word_lists import word_set

GIVEN_NAMES = word_set(
    """
    aaron abigail adam adams agnieszka ahmed aisha alan albert alejandro alex alexander alexis alfie
    ali alice alison allen amanda amara amber amelie amina amit amy ana anastasia anderson andrea
    andrew andy angela anil anita ann anna anne annie anthony archie arjun arnold arthur ashley
    audrey austin ayesha bailey barbara barnes barry bea beatriz ben benjamin bennett bernard beth
    bethany betty beverly billy bob bobby bradley brandon brenda brendan brian bridget brittany
    brooks bruce bruno bryan bryant caitlin callum cameron camille campbell carl carla carlos carmen
    carol caroline carolyn casey catherine cathy cecilia cedric charles charlie charlotte chen cheng
    cheryl chiara chidi chloe chris christina christine christopher cindy claire clara clark claude
    coleman colin collins connor craig cristina curtis cynthia damian dan daniel danielle danny
    darren dave david davis deborah debra deepak delgado denis denise dennis derek desmond diana
    diane diaz diego dmitri donald donna doris dorothy doug douglas duncan dylan edith eduardo
    edward edwards eileen elaine eleanor elena elizabeth ella ellie elliot emily emma eric erica
    erik erin ernest esther ethan eugene eva evans eve evelyn fabio fatima felix fernando fiona
    flores frances francesca frank freda freddie gabriel garcia gareth gary gavin gemma geoff george
    gerald gerard gillian gina giovanni giulia gloria gonzales gonzalez gordon grace graham greg
    gregory greta griffin guillermo gustavo gwen hannah hans harold harriet harris harry hassan
    hayes heather heidi heike heinrich helen henderson henry hernandez hilary hiroshi howard huang
    hughes hugo hussein ian ibrahim igor imran ingrid irene isaac isabel isabella ivan jack jackson
    jacob jacqueline jacques james jamie jane janet janice jasmine jason jayne jean jeanette jeff
    jeffrey jen jenkins jenna jennifer jenny jeremy jerry jesse jessica jill jim joan joanna joanne
    joe joel joey john johnny johnson jonathan jones jordan jorge jose joseph josephine joshua josie
    joyce juan juana judith judy julia julie jurgen justin kara karen karim kate katherine kathleen
    kathryn kathy katie katrina katy kayla keiko keith kelly ken kenji kenneth kenny kerry kevin
    khalid khan kim kimberly kirsten klaus kofi krishna kristen kumar kurt kwame kyle lakshmi larry
    lars laura lauren lawrence layla leah leanne lee leila lena leo leonard lewis li lily linda
    lindqvist lindsay lisa liu liz lizzie logan lopez lori lorraine lou louis louise luca lucas
    lucia lucy luis luke lydia lynn mabel madison magda malcolm mandy marcel marco marcus margaret
    maria marianne marie marilyn marina mario marisa marjorie marlene martha martin martinez mary
    mason matt matteo matthew maureen maurice max maya megan melanie melissa mia michael michelle
    miguel mike mikhail miller ming mitchell mohamed mohammad mohammed molly monica moore morgan
    morris muhammad murphy nadia nadine nancy naomi natalia natalie natasha nathan neha neil nelson
    neville ngozi nguyen nicholas nick nicole nigel nina noah nora norman okafor okonkwo olga oliver
    olivia olivier oluwaseun omar orla oscar owen pablo pamela pat patel patricia patricio patrick
    patterson paul paula pauline pavel pedro perez perry peter peterson petra pham philip phillips
    phyllis pierre piotr polly pooja powell priya rachel rafael rahul raj rajesh ralph ramirez ramon
    randy raquel ravi raymond rebecca renata rhys ricardo richard richardson riley rita rivera
    robert roberto roberts robin robinson rodrigo rodriguez roger rogers rohit ronald ronnie rosa
    rosemary ross roxanne roy rupert russell ruth ryan sally sam samantha samir samuel sanchez
    sandeep sanders sandra sanjay sara sarah saskia scott sean sebastian selina sergei shah shannon
    sharon shaun sheila shelley shirley silvia simmons simon simone singh siobhan smith sofia sophia
    stacey stefan stella stephanie stephen steve steven stewart stuart sue sunil sunita susan suzie
    sven svetlana sylvia tamara tanya tara taylor teresa terry theo theodore theresa thomas thompson
    tiffany tim timothy tina toby tom tomasz tony torres tracey tracy tran trevor tunde tyler ulrich
    ursula valerie vanessa veronica victoria vijay vincent virginia vivian walter wang watson wayne
    wei wendy william williams willie wilson winston xavier yang yasmin yolanda yuki yusuf yvonne
    zachary zara zhang zoe
    """
)
TITLES = word_set(
    """
    mr mister mrs missus ms miss mme madam doctor dr professor officer captain pastor sister
    """
)
