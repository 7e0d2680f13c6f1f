# `make` alone lists the targets; each is one line or calls a small script. Python 3.13 is all a
# machine needs: every target sets up what it runs on and does nothing the second time.

SETUP := tools/setup_environment.sh
RUN := .venv/bin/python
OURS := PYTHONPATH=layers/contact_center/python:functions
SAM := .venvs/sam/bin/python tools/run_sam.py
# Not on moto: it answers one after the other, so a fifth of its time would show nothing more.
EIGHT_PROCESSES := tests/contract/dialing/test_slot_book.py::test_eight_processes_keep_every_limit_and_use_what_is_allowed
# moto itself breaks where S3 says NoSuchUpload: a part of an upload that is over.
OVER_UPLOAD := "tests/contract/lists/test_people_and_files.py::test_a_file_written_over_several_invocations_appears_when_it_is_complete"
export PYTHONPATH := layers/contact_center/python:functions

.DEFAULT_GOAL := help
.PHONY: help setup test test-local test-long test-anywhere moto check lint types imports template config second-opinion openapi eval corrections simulate replay planted prove-visits prove-dialing fuzz expressions schemathesis permissions replay-effects forget-again recount-figures reference audit load demo up invoke bench build deploy destroy provision doctor accept lock package-test client-test browser-test clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: ## make .venv and the emulator's environment, with hashed requirements
	@$(SETUP)

demo: setup ## run the whole system here: scripted callers ring in, two campaigns ring out beside a full house (CALLERS=folder, CONTACTS=number, HOUSE=0, PATIENT=1 or 0: wait as long as it takes, or judge all times; without it as fast as the machine is)
	@$(OURS) $(RUN) -m local demo $(if $(CALLERS),--callers $(CALLERS)) $(if $(CONTACTS),--contacts $(CONTACTS)) $(if $(PATIENT),$(if $(filter 0,$(PATIENT)),--no-patient,--patient)) $(if $(filter 0,$(HOUSE)),--no-house)

up: setup ## the same system, staying up, for your own webhooks; stops on Ctrl-C
	@$(OURS) $(RUN) -m local up

invoke: setup ## one function on one event, without Docker: FUNCTION=call_router EVENT=events/sqs-transcript-final.json (BUILT=1: as built)
	@$(OURS) $(RUN) -m local invoke "$(FUNCTION)" $(EVENT) $(if $(BUILT),--built)

test: setup ## the tests that need nothing but this machine (LOAD=number: beside so many endless loops)
	@$(RUN) -m tools.run_tests $(if $(LOAD),--load $(LOAD))

test-local: setup ## the tests of what is never deployed: simulators, the local system, tools
	@$(RUN) -m tools.run_tests --local

test-long: setup ## those that take minutes: the whole demo, planted mistakes, a crash at every step, properties on six times as many examples (LOAD=number)
	@$(RUN) -m tools.run_tests $(if $(LOAD),--load $(LOAD)) -m "(long or hypothesis) and not client and not sam" --hypothesis-profile thorough

test-anywhere: setup ## in another order, time zone, at other dates, without root (IN=order,zone,date,user: some)
	@$(RUN) -m tools.run_tests $(if $(LOAD),--load $(LOAD)) --anywhere $(IN)

moto: setup ## the adapters' contract tests on a second AWS, moto: what only the first one forgives is found
	@$(RUN) -m tools.run_tests --processes 2 --aws moto -m emulator tests/contract --deselect $(EIGHT_PROCESSES) --deselect $(OVER_UPLOAD)

check: lint audit types imports template expressions test test-local test-long moto package-test client-test browser-test ## all that CI runs, SAM CLI in an environment of its own

lint: setup ## ruff (rules and format), spelling
	@$(RUN) -m ruff check .
	@$(RUN) -m ruff format --check .
	@$(RUN) -m codespell_lib

types: setup ## mypy, strict
	@$(RUN) -m mypy

imports: setup ## the direction of imports: rooms, the layers inside each, no circles
	@$(OURS) .venv/bin/lint-imports

template: setup ## cfn-lint, and the architecture's rules on template.yaml
	@.venv/bin/cfn-lint template.yaml
	@$(RUN) -m pytest -q tests/template

config: setup ## compile config/*.toml and rebuild the intent model after an edit
	@$(OURS) $(RUN) -m tools.compile_config
	@$(OURS) $(RUN) -m tools.train_intents

second-opinion: setup ## the weights of the second opinion and what is learned over them; downloads 80 MB the first time
	@$(OURS) $(RUN) -m tools.second_opinion

openapi: setup ## write the API's OpenAPI document anew, from its routes and their models
	@$(OURS) $(RUN) -m tools.openapi

reference: setup ## write docs/reference anew, from code, template and the API's document
	@$(OURS) $(RUN) -m tools.reference

eval: setup ## measure the router on your own utterances: DATA=file.csv (columns text, route)
	@$(OURS) $(RUN) -m tools.evaluate_intents $(DATA)

corrections: setup ## what operators corrected, as a file for eval: FROM=day TO=day, 31 at most; API= and OPERATOR_TOKEN=, or of what runs here
	@$(RUN) -m tools.corrected_calls --from "$(FROM)" --to "$(TO)"

simulate: setup ## dialing, visits and what comes after a call under every fault, 20,000 histories each: HISTORIES=, SEED=first, SECONDS=most, OF=visits
	@$(RUN) -m tests.simulation --histories $(or $(HISTORIES),20000) $(if $(OF),--of $(OF)) $(if $(SEED),--seed $(SEED)) $(if $(SECONDS),--seconds $(SECONDS))

replay: setup ## one history of the simulation again, step by step: SEED=number (OF=visits, after; PLANTED=name)
	@$(RUN) -m tests.simulation --replay $(SEED) $(if $(OF),--of $(OF)) $(if $(PLANTED),--planted $(PLANTED))

planted: setup ## plant each mistake of docs/planted.md in a copy of this repository: its test fails; twenty minutes (ONLY=names)
	@$(RUN) -m tests.planted $(if $(ONLY),--only $(ONLY))

prove-visits: setup ## fourteen mistakes of a reception, planted one after the other, and the history that shows each: ten minutes
	@$(RUN) -m tests.simulation.visits.planted_by_name

prove-dialing: setup ## 8 dialer processes, 2,000 calls of two campaigns, processes killed: four minutes; SEED=, JOBS=, DIALERS=
	@$(RUN) -m tests.concurrency $(if $(SEED),--seed $(SEED)) $(if $(JOBS),--jobs $(JOBS)) $(if $(DIALERS),--dialers $(DIALERS))

fuzz: setup ## generated inputs through both doors, the API and every reader of JSON, a million: INPUTS=, FIRST=number of the first, SECONDS=most of each
	@$(OURS) $(RUN) -m tests.fuzz $(if $(INPUTS),--inputs $(INPUTS)) $(if $(FIRST),--first $(FIRST)) $(if $(SECONDS),--seconds $(SECONDS))

expressions: setup ## what we send to DynamoDB, held to a strict parser (Node 20; REQUIRED=1: not without; RECORDED=folder: what `make test` has left there)
	@$(OURS) $(RUN) -m tests.expressions $(if $(REQUIRED),--required) $(if $(RECORDED),--recorded "$(RECORDED)")

schemathesis: ## the API under requests nobody would write by hand, each role, every check: SEED=number, SECONDS=each role, ROLE=one, EXAMPLES=number
	@$(SETUP) schemathesis
	@$(RUN) -m tests.schemathesis $(if $(SEED),--seed $(SEED)) $(if $(SECONDS),--seconds $(SECONDS)) $(if $(ROLE),--role $(ROLE)) $(if $(EXAMPLES),--examples $(EXAMPLES))

permissions: setup ## every word of every policy taken away once, and a test that fails without it (PROVE=1: by the table as it is)
	@$(OURS) $(RUN) -m tests.permissions $(if $(PROVE),--prove)

replay-effects: setup ## what was given up is told elsewhere again: CAUSE=no_permission, or ID=one; API= and OPERATOR_TOKEN=, or of what runs here
	@$(RUN) -m tools.replay_effects $(if $(CAUSE),--cause "$(CAUSE)") $(if $(ID),--id "$(ID)")

recount-figures: setup ## the figures added up again from the records: FROM=day (TO=day, MEND=1: put right what differs, STACK=deployed name)
	@$(OURS) $(RUN) -m tools.recount_figures --from "$(FROM)" $(if $(TO),--to "$(TO)") $(if $(MEND),--mend) $(if $(STACK),--stack "$(STACK)")

forget-again: setup ## after a restore: whoever was forgotten lately is forgotten again; API= and OPERATOR_TOKEN=, or of what runs here
	@$(RUN) -m tools.forget_again

audit: setup ## known holes in the packages, secrets in the files
	@$(SETUP) audit
	@$(RUN) -m tools.audit

load: setup ## many calls at once through the whole local system: CALLS=200 (or 25,50,100 in turn), SECONDS=600 each, ROUTERS=12 at work
	@$(RUN) -m tests.benchmarks.load --calls $(or $(CALLS),200) --seconds $(or $(SECONDS),600) --routers $(or $(ROUTERS),12)

bench: setup ## what it costs: PART=door, dialing, console or one of them, CONTACTS=, ROWS=10000,100000
	@$(if $(filter console,$(PART)),$(SETUP) browser,true)
	@$(OURS) $(RUN) -m tests.benchmarks $(if $(PART),--part $(PART)) $(if $(CONTACTS),--contacts $(CONTACTS)) $(if $(TICKS),--ticks $(TICKS)) $(if $(ROWS),--rows $(ROWS)) $(if $(DAYS),--days $(DAYS))

build: ## sam build, with compiled libraries
	@$(SETUP) sam
	@$(SAM) build
	@$(OURS) $(RUN) -m tools.compile_bytecode .aws-sam/build

package-test: ## build, import the artefact as Lambda would, deploy it into the emulator
	@$(SETUP) sam emulator-full
	@$(OURS) $(RUN) -m tools.second_opinion
	@$(SAM) validate --lint
	@$(RUN) -m pytest -q -m sam -p no:randomly # they share one deployed stack, in the order of the file

client-test: ## Vapi's, HubSpot's and Standard Webhooks' own clients, in environments of their own: they read what we send, drive the simulators; and Schemathesis, as nobody
	@$(SETUP) vapi-client crm-clients schemathesis
	@$(RUN) -m pytest -q -m client tests/contract/vapi tests/contract/crm tests/acceptance

browser-test: ## the console in this machine's Chromium, beside the whole system (CHROMIUM=path; REQUIRED=1: not without; TESTS=words)
	@$(SETUP) browser
	@$(OURS) $(RUN) -m tests.browser $(if $(REQUIRED),--required) $(if $(TESTS),-k "$(TESTS)")

deploy: setup ## deploy to your AWS account and provision: ENV=dev, staging or prod; shows what changes and asks (YES=1: does not, AT_ONCE=1: no canary)
	@$(OURS) $(RUN) -m tools.deploy --env "$(or $(ENV),dev)" $(if $(YES),--yes) --check
	@$(MAKE) --no-print-directory build
	@$(OURS) $(RUN) -m tools.deploy --env "$(or $(ENV),dev)" $(if $(YES),--yes) $(if $(AT_ONCE),--at-once)

destroy: setup ## take a deployed stack away: ENV=dev, staging or prod; says what it leaves and why, and asks (YES=1: does not, PLAN=1: says it alone)
	@$(SETUP) sam
	@$(OURS) $(RUN) -m tools.destroy --env "$(ENV)" $(if $(YES),--yes) $(if $(PLAN),--plan)

provision: setup ## Vapi, Twilio and HubSpot made to match the configuration, by .env, ENV=dev, staging, prod or HERE=1, what `make up` runs; shows it first (YES=1: writes without asking, PLAN=1: writes nothing)
	@$(OURS) $(RUN) -m tools.provision $(if $(ENV),--env "$(ENV)") $(if $(HERE),--here) $(if $(YES),--yes) $(if $(PLAN),--plan)

lock: setup ## compile requirements/*.in to hashed *.txt
	@$(RUN) tools/lock_requirements.py

doctor: setup ## is everything as it should be, and if not, what to do: of what `make up` runs here, or ENV=dev, staging, prod; changes nothing (JSON=1)
	@$(OURS) $(RUN) -m tools.doctor $(if $(ENV),--env "$(ENV)") $(if $(JSON),--json)

accept: setup ## the ten test calls and their figures: simulated, or real with LIVE=1 TO=+… FROM=id (ENV=, CAP=USD, YES=1: asks nobody)
	@$(OURS) $(RUN) -m tools.accept $(if $(LIVE),--live) $(if $(TO),--to "$(TO)") $(if $(FROM),--from "$(FROM)") $(if $(ENV),--env "$(ENV)") $(if $(CAP),--cap "$(CAP)") $(if $(YES),--yes)

clean: ## remove everything that was made: environments, builds, caches
	@rm -rf .venv .venvs .aws-sam .local .cache .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache .coverage
