"""Names that callers commonly give or ask for, first and last ones; none that is a plain word too.

For two questions only: whether a word after "this is" is who speaks, and whether somebody asked for
is a person. A name that is missing here is known by being in nobody's examples (openings.py).
"""

from __future__ import annotations

from contact_center.understanding.domain.word_lists import word_set

GIVEN_NAMES = word_set(
    """
    aaron abigail adam adams agnieszka ahmed aisha alan albert alejandro alex alexander alexis
    alfie ali alice allen amanda amara amber amelie amina amit amy ana anastasia anderson
    andrea andrew andy angela anil anita ann anna anthony archie arjun arthur ashley austin
    ayesha bailey barbara barnes barry bea ben benjamin bennett beth betty beverly billy bob
    bobby brandon brenda brian brittany brooks bruce bryan bryant cameron camille campbell
    carl carlos carmen carol carolyn casey catherine charles charlie charlotte chen cheryl
    chiara chidi chloe chris christina christine christopher clark claude coleman colin
    collins cynthia dan daniel danielle danny dave david davis deborah debra deepak denise
    dennis derek diana diane diaz diego dmitri donald donna doris dorothy douglas dylan edward
    edwards elena elizabeth ella ellie emily emma eric ethan eugene eva evans eve evelyn
    fatima fernando flores frances francesca frank freddie gabriel garcia gary george gerald
    gina giovanni giulia gloria gonzales gonzalez grace graham greg gregory greta griffin gwen
    hannah hans harold harris harry hassan hayes heather heike heinrich helen henderson henry
    hernandez hiroshi howard huang hughes hussein ian ibrahim igor ingrid isabel isabella ivan
    jack jackson jacob jacqueline jacques james jamie jane janet janice jason jean jeff
    jeffrey jen jenkins jennifer jenny jeremy jerry jesse jessica jim joan joe joey john
    johnny johnson jonathan jones jordan jorge jose joseph joshua joyce juan juana judith judy
    julia julie jurgen justin karen karim kate katherine kathleen kathryn katie katy kayla
    keith kelly ken kenji kenneth kenny kevin khalid khan kim kimberly klaus kofi krishna
    kumar kwame kyle lakshmi larry laura lauren lawrence layla lee leila leo lewis li lily
    linda lisa liu liz lizzie logan lopez lori lou louis luca lucia lucy luis luke madison
    magda marcel marco margaret maria marie marilyn martha martin martinez mary mason matt
    matthew max maya megan melissa mia michael michelle miguel mike miller ming mitchell
    mohamed mohammed molly moore morgan morris muhammad murphy nadia nancy natalie natasha
    nathan neha neil nelson ngozi nguyen nicholas nick nicole nigel nina noah okafor okonkwo
    olga oliver olivia oluwaseun omar oscar pablo pamela pat patel patricia patrick patterson
    paul pavel pedro perez perry peter peterson pham philip phillips pierre piotr polly pooja
    powell priya rachel rafael rahul raj rajesh ralph ramirez randy ravi raymond rebecca
    richard richardson riley rivera robert roberts robin robinson rodriguez roger rogers rohit
    ronald rosa ross roy russell ruth ryan sally sam samantha samuel sanchez sanders sandra
    sanjay sara sarah scott sean sergei shah sharon shirley simmons simon singh smith sofia
    sophia stephanie stephen steve steven stewart stuart sue sunil sunita susan suzie svetlana
    taylor teresa terry theresa thomas thompson tim timothy tina tom tomasz tony torres tran
    trevor tunde tyler victoria vijay vincent virginia walter wang watson wayne wei william
    williams willie wilson yang yuki yusuf zachary zhang zoe
    """
)
TITLES = word_set(
    """
    mr mrs ms miss doctor dr professor officer captain pastor sister
    """
)
