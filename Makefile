# tocsin: one non-recursive makefile for GNU make. `make help` lists the targets.
# Objects and programs go to $(BUILD), which mirrors an installed tree: bin/ libexec/tocsin/ share/tocsin/.

VERSION = 0.1.0
BUILD ?= build
PREFIX ?= /usr/local
BINDIR ?= $(PREFIX)/bin
LIBEXECDIR ?= $(PREFIX)/libexec/tocsin
DATADIR ?= $(PREFIX)/share/tocsin
MANDIR ?= $(PREFIX)/share/man
SYSCONFDIR ?= /etc

CC ?= cc
OPT ?= -O2 -g
WARN = -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wconversion $(WERROR)
CFLAGS ?= $(OPT)
DEFS = -std=c11 -D_XOPEN_SOURCE=700 -Ilib -I$(BUILD)/gen -DTOCSIN_VERSION='"$(VERSION)"' \
	-DTOCSIN_DATADIR='"$(DATADIR)"' -DTOCSIN_SYSCONFDIR='"$(SYSCONFDIR)"'
LDFLAGS ?=

# --- foreign libraries, one adapter each (lib/ext) ---------------------------------------------------------------
PKG = pkg-config
XML_CFLAGS := $(shell $(PKG) --cflags libxml-2.0 2>/dev/null)
LIB_curl = -lcurl
LIB_xml = -lxml2
LIB_jq = -ljq
LIB_yaml = -lyaml
LIB_sqlite = -lsqlite3
LIB_crypto = -lcrypto
LIB_pcre = -lpcre2-8
LIB_z = -lz

# --- programs: cmd/<tool>.c or cmd/<tool>/*.c; tocsin itself is the front door -------------------------------------
TOOLS := $(sort $(filter-out tocsin,$(patsubst cmd/%.c,%,$(wildcard cmd/*.c))) $(patsubst cmd/%/,%,$(wildcard cmd/*/)))
BIN = $(TOOLS:%=$(BUILD)/libexec/tocsin/%) $(BUILD)/bin/tocsin

# What each tool links beside libc and libm. A tool without a line here is pure.
LIBS_fetch = $(LIB_curl) $(LIB_xml) $(LIB_z) $(LIB_jq) $(LIB_yaml) $(LIB_sqlite) $(LIB_crypto)
LIBS_match-subject = $(LIB_yaml) $(LIB_pcre)
LIBS_redact = $(LIB_yaml) $(LIB_crypto)
LIBS_dedupe = $(LIB_sqlite) $(LIB_crypto)
LIBS_classify = $(LIB_yaml)
LIBS_store = $(LIB_sqlite) $(LIB_yaml) $(LIB_jq) $(LIB_crypto)
LIBS_detect = $(LIB_yaml) $(LIB_jq)
LIBS_match-playbook = $(LIB_yaml) $(LIB_jq) $(LIB_crypto) $(LIB_sqlite)
LIBS_casefile = $(LIB_yaml) $(LIB_jq) $(LIB_sqlite) $(LIB_crypto)
LIBS_draft = $(LIB_yaml) $(LIB_jq) $(LIB_sqlite) $(LIB_crypto) $(LIB_curl)
LIBS_notify = $(LIB_curl) $(LIB_yaml) $(LIB_jq) $(LIB_sqlite) $(LIB_crypto)
LIBS_report = $(LIB_sqlite) $(LIB_yaml) $(LIB_crypto)
LIBS_review = $(LIB_yaml) $(LIB_sqlite) $(LIB_crypto)
LIBS_train = $(LIB_yaml)

# --- sources -------------------------------------------------------------------------------------------------------
LIB_SRC = $(wildcard lib/base/*.c lib/rec/*.c lib/cli/*.c lib/model/*.c lib/ext/*.c)
LIB_OBJ = $(LIB_SRC:%.c=$(BUILD)/obj/%.o)
LIB_A = $(BUILD)/libtocsin.a
SCHEMA = $(sort $(wildcard lib/schema/*.sql))
UNIT_SRC = $(wildcard tests/unit/test_*.c)
UNIT = $(UNIT_SRC:tests/unit/%.c=$(BUILD)/unit/%)
FIXTURE_SRC = $(wildcard tests/fixture/*.c)
FIXTURE = $(FIXTURE_SRC:tests/fixture/%.c=$(BUILD)/fixture/%)
FUZZ_SRC = $(wildcard tests/fuzz/fuzz_*.c)
FUZZ = $(FUZZ_SRC:tests/fuzz/%.c=$(BUILD)/fuzz/%)
BENCH_SRC = $(wildcard tests/bench/*.c)
BENCH = $(BENCH_SRC:tests/bench/%.c=$(BUILD)/bench/%)
DATA = $(wildcard lib/data/*.tsv lib/data/*.yaml lib/data/*.model)
ALL_LIBS = $(LIB_curl) $(LIB_xml) $(LIB_jq) $(LIB_yaml) $(LIB_sqlite) $(LIB_crypto) $(LIB_pcre) $(LIB_z) -lm

.DELETE_ON_ERROR:
.SECONDEXPANSION:

all: $(BIN) $(BUILD)/share/tocsin  ## build every program into build/

$(BUILD)/obj/%.o: %.c Makefile
	@mkdir -p $(@D)
	$(CC) $(DEFS) $(WARN) $(CFLAGS) $(XML_CFLAGS) -MMD -MP -c -o $@ $<

$(LIB_A): $(LIB_OBJ)
	@rm -f $@
	$(AR) rcs $@ $^

tool_obj = $(patsubst %.c,$(BUILD)/obj/%.o,$(wildcard cmd/$(1).c cmd/$(1)/*.c))

$(BUILD)/libexec/tocsin/%: $$(call tool_obj,$$*) $(LIB_A)
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $(filter %.o,$^) $(LIB_A) $(LIBS_$*) -lm

$(BUILD)/bin/tocsin: $(BUILD)/obj/cmd/tocsin.o $(LIB_A)
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $< $(LIB_A)

# An uninstalled tree finds its tables and playbooks where an installed one does.
$(BUILD)/share/tocsin: Makefile lib/data
	@rm -rf $@ && mkdir -p $(BUILD)/share/tocsin
	@ln -sfn $(abspath playbooks) $@/playbooks
	@ln -sfn $(abspath man) $@/man
	@for f in $(abspath lib/data)/*; do ln -sfn "$$f" $@/; done

# Schema files as C strings, in order.
$(BUILD)/gen/schema.inc: $(SCHEMA) scripts/embed-sql
	@mkdir -p $(@D)
	scripts/embed-sql $(SCHEMA) > $@
$(BUILD)/obj/lib/ext/store.o: $(BUILD)/gen/schema.inc

$(BUILD)/unit/%: $(BUILD)/obj/tests/unit/%.o $(LIB_A)
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $< $(LIB_A) $(ALL_LIBS)

$(BUILD)/fixture/%: $(BUILD)/obj/tests/fixture/%.o $(LIB_A)
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $< $(LIB_A) $(ALL_LIBS)

$(BUILD)/fuzz/%: $(BUILD)/obj/tests/fuzz/%.o $(BUILD)/obj/tests/fuzz/driver.o $(LIB_A)
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $(filter %.o,$^) $(LIB_A) $(ALL_LIBS)

$(BUILD)/bench/%: $(BUILD)/obj/tests/bench/%.o $(LIB_A)
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $< $(LIB_A) $(ALL_LIBS)

# --- checks --------------------------------------------------------------------------------------------------------
TESTS ?=
tests-built: all $(UNIT) $(FIXTURE) $(FUZZ) $(BUILD)/bench/posts $(BUILD)/bench/pass

check: tests-built  ## build and run every test; ends with "N passed, N failed, N skipped"
	@BUILD=$(BUILD) TOOLS="$(TOOLS)" CC="$(CC)" tests/run $(TESTS)

check-asan:  ## the same tests under AddressSanitizer and UBSan
	$(MAKE) BUILD=build/asan OPT='-O1 -g -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer' check

check-valgrind: tests-built  ## the unit tests and one pass of every filter under valgrind
	@BUILD=$(BUILD) TOOLS="$(TOOLS)" scripts/check-valgrind

check-layers:  ## include lines obey base <- rec <- model | ext | cli <- cmd
	@scripts/check-layers

check-headers:  ## every header compiles alone
	@CC="$(CC)" DEFS="$(DEFS) $(XML_CFLAGS)" scripts/check-headers

FUZZ_SECONDS ?= 60
fuzz:  ## libFuzzer (clang) on every target, FUZZ_SECONDS each
	$(MAKE) BUILD=build/fuzz CC=clang OPT='-O1 -g -fsanitize=fuzzer-no-link,address,undefined' build/fuzz/libtocsin.a \
		$(FUZZ_SRC:%.c=build/fuzz/obj/%.o)
	@for f in $(FUZZ_SRC:tests/fuzz/%.c=%); do mkdir -p build/fuzz/found/$$f; \
		clang -fsanitize=fuzzer,address,undefined -o build/fuzz/$$f build/fuzz/obj/tests/fuzz/$$f.o build/fuzz/libtocsin.a $(ALL_LIBS) && \
		build/fuzz/$$f -max_total_time=$(FUZZ_SECONDS) -max_len=4096 -print_final_stats=1 build/fuzz/found/$$f \
			tests/fuzz/corpus/$${f#fuzz_} || exit 1; done

lint:  ## clang-tidy, shellcheck, mandoc
	@scripts/lint

# --- installation --------------------------------------------------------------------------------------------------
install: all  ## install into DESTDIR/PREFIX
	install -d $(DESTDIR)$(BINDIR) $(DESTDIR)$(LIBEXECDIR) $(DESTDIR)$(DATADIR) $(DESTDIR)$(MANDIR)/man1 \
		$(DESTDIR)$(MANDIR)/man5 $(DESTDIR)$(MANDIR)/man7
	install -m 755 $(BUILD)/bin/tocsin $(DESTDIR)$(BINDIR)/
	install -m 755 $(TOOLS:%=$(BUILD)/libexec/tocsin/%) $(DESTDIR)$(LIBEXECDIR)/
	install -m 644 $(DATA) $(DESTDIR)$(DATADIR)/
	install -d $(DESTDIR)$(DATADIR)/train
	install -m 644 lib/data/train/*.ndjson $(DESTDIR)$(DATADIR)/train/
	cp -R playbooks $(DESTDIR)$(DATADIR)/
	for s in 1 5 7; do for f in man/*.$$s; do [ -e "$$f" ] && install -m 644 "$$f" $(DESTDIR)$(MANDIR)/man$$s/; done; done; :

uninstall:  ## remove what install put there
	rm -f $(DESTDIR)$(BINDIR)/tocsin
	rm -rf $(DESTDIR)$(LIBEXECDIR) $(DESTDIR)$(DATADIR)
	for f in man/*.[157]; do rm -f $(DESTDIR)$(MANDIR)/man$${f##*.}/$${f#man/}; done

dist:  ## tar ball of the committed tree
	git archive --prefix=tocsin-$(VERSION)/ -o tocsin-$(VERSION).tar.gz HEAD

clean:  ## remove build/
	rm -rf build

help:  ## this list
	@awk -F':.*## ' '/^[a-z-]+:.*## /{printf "  %-16s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

config:  ## which libraries were found
	@for l in libcurl libxml-2.0 sqlite3 yaml-0.1 libcrypto libpcre2-8 zlib; do printf '%-12s ' $$l; $(PKG) --modversion $$l 2>/dev/null || echo missing; done

include $(wildcard tests/bench/bench.mk)
-include $(LIB_OBJ:.o=.d) $(wildcard $(BUILD)/obj/cmd/*.d $(BUILD)/obj/cmd/*/*.d $(BUILD)/obj/tests/*/*.d)


.PHONY: fuzz all check check-asan check-valgrind check-layers check-headers lint install uninstall dist clean help config tests-built
