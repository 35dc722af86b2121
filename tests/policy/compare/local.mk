if HAVE_OPENDKIM
if HAVE_SPF2
if HAVE_OPENDMARC
UNIT_TESTS += %D%/check_compare_test
endif
endif
endif
UNIT_TESTS += %D%/compare_dmarc_test
UNIT_TESTS += %D%/compare_spf_test
