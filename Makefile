# Every target does its own set-up, quietly and once, and asks nothing: a Rust toolchain and a C
# compiler are enough. What a machine cannot give is skipped with a loud notice, never silently.

.PHONY: help demo test check bench fuzz corpus bless clean-demo

help: ## What there is to make
	@awk -F':.*## ' '/^[a-z-]+:.*## / { printf "make %-11s %s\n", $$1, $$2 }' Makefile

demo: ## A sandbox province in target/demo: 540 receipts issued, signed twice, verified, one reversed, one forged
	@cargo build --release --locked --quiet -p czei-cli
	@target/release/czei demo target/demo

test: ## Everything, with the time each part took
	@scripts/test.sh all

check: ## The inner loop: format, lints, tests; no fuzzing
	@scripts/test.sh check

bench: ## The figures: criterion per receipt, SM2 beside its peers, the stock (STOCK=200000), a folder through `czei verify` (N=100000)
	@scripts/bench.sh $(or $(N),100000) $(or $(STOCK),200000)

fuzz: ## Each fuzz target for SECONDS_EACH seconds (default 20)
	@scripts/fuzz.sh $(or $(SECONDS_EACH),20)

corpus: ## Makes fuzz/corpus anew from czei's own documents and bad input
	@cargo run --release --locked --quiet --manifest-path fuzz/Cargo.toml --example make_corpus

bless: ## Appends new codes to abi/codes.txt; never changes an old line
	@CZEI_BLESS=1 cargo test --locked --quiet -p czei codes

clean-demo: ## Removes target/demo
	@rm -rf target/demo
