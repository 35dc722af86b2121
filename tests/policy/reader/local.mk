UNIT_TESTS += %D%/reader_test
%C%_reader_test_LDADD = $(LDADD) $(QR_LIBS)
EXTRA_%C%_reader_test_DEPENDENCIES = verdict-reader tests/reader/misbehave
