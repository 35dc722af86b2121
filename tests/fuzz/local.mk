# Fuzz targets: NAME is tests/fuzz/NAME_fuzz.c, its seeds lie in corpus/NAME.
FUZZ_TARGETS =
FUZZ_TARGETS += authres
EXTRA_DIST += tests/fuzz/authres_fuzz.c tests/fuzz/corpus/authres
FUZZ_TARGETS += header
EXTRA_DIST += tests/fuzz/header_fuzz.c tests/fuzz/corpus/header
FUZZ_TARGETS += addr
EXTRA_DIST += tests/fuzz/addr_fuzz.c tests/fuzz/corpus/addr
FUZZ_TARGETS += spf
EXTRA_DIST += tests/fuzz/spf_fuzz.c tests/fuzz/corpus/spf
FUZZ_TARGETS += dmarc_record
EXTRA_DIST += tests/fuzz/dmarc_record_fuzz.c tests/fuzz/corpus/dmarc_record
FUZZ_TARGETS += dkim_body
EXTRA_DIST += tests/fuzz/dkim_body_fuzz.c tests/fuzz/corpus/dkim_body
FUZZ_TARGETS += dkim_key
EXTRA_DIST += tests/fuzz/dkim_key_fuzz.c tests/fuzz/corpus/dkim_key
FUZZ_TARGETS += dkim_sig
EXTRA_DIST += tests/fuzz/dkim_sig_fuzz.c tests/fuzz/corpus/dkim_sig
