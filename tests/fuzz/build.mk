# How fuzz targets are built; which there are stands in local.mk. They are no
# part of `make` or `make check`: contrib/fuzz.sh configures a tree for them.
FUZZ_BINARIES = $(FUZZ_TARGETS:%=tests/fuzz/%_fuzz)
EXTRA_DIST += tests/fuzz/local.mk

# What they are made of beside the libraries.
FUZZ_PARTS = $(FUZZ_KITS) $(verdict_SOURCES) $(verdict_milter_SOURCES)

tests/fuzz/%_fuzz: $(srcdir)/tests/fuzz/%_fuzz.c policy/libpolicy.a rules/librules.a $(FUZZ_PARTS)
	@$(MKDIR_P) tests/fuzz
	$(AM_V_CCLD)$(CC) $(AM_CPPFLAGS) $(CPPFLAGS) $(STD_CFLAGS) \
	    $(SAN_CFLAGS) $(CFLAGS) -fPIE -pie -fsanitize=fuzzer -o $@ $< \
	    $(addprefix $(srcdir)/,$(FUZZ_SOURCES_$*)) $(FUZZ_LIBS_$*) \
	    $(POLICY_LIBS) $(LIBS)

fuzzers: $(FUZZ_BINARIES)
list-fuzzers:
	@echo $(FUZZ_TARGETS)
.PHONY: fuzzers list-fuzzers
