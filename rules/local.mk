# rules/ is about text. It knows no clock, network, thread, log or session.
noinst_LIBRARIES += rules/librules.a
rules_librules_a_CPPFLAGS = $(AM_CPPFLAGS) $(PCRE2_CFLAGS) \
    $(HYPERSCAN_CFLAGS) $(GMIME_CFLAGS) $(XML_CFLAGS) $(ARCHIVE_CFLAGS) \
    $(IDN2_CFLAGS)
rules_librules_a_SOURCES =
rules_librules_a_SOURCES += rules/arena.c rules/arena.h
rules_librules_a_SOURCES += rules/buf.c rules/buf.h
rules_librules_a_SOURCES += rules/fact.c rules/fact.h
rules_librules_a_SOURCES += rules/ip.c rules/ip.h
rules_librules_a_SOURCES += rules/list.h
rules_librules_a_SOURCES += rules/patterns.h
rules_librules_a_SOURCES += rules/panic.c rules/panic.h
rules_librules_a_SOURCES += rules/span.c rules/span.h
rules_librules_a_SOURCES += rules/jsonw.c rules/jsonw.h
rules_librules_a_SOURCES += rules/mime.c rules/mime.h
rules_librules_a_SOURCES += rules/rune.c rules/rune.h
rules_librules_a_SOURCES += rules/western.c rules/western.h
rules_librules_a_SOURCES += rules/utf8.c rules/utf8.h
rules_librules_a_SOURCES += rules/diag.c rules/diag.h
rules_librules_a_SOURCES += rules/diag_print.c
rules_librules_a_SOURCES += rules/lexer.c rules/lexer.h
rules_librules_a_SOURCES += rules/literal.c rules/literal.h
rules_librules_a_SOURCES += rules/addr.c rules/addr.h
rules_librules_a_SOURCES += rules/addr_list.c rules/addr_list.h
rules_librules_a_SOURCES += rules/addr_parse.h rules/addr_rival.c
rules_librules_a_SOURCES += rules/addr_reading.c rules/addr_reading.h
rules_librules_a_SOURCES += rules/author.c rules/author.h
rules_librules_a_SOURCES += rules/authres.c rules/authres.h
rules_librules_a_SOURCES += rules/authres_claims.c
rules_librules_a_SOURCES += rules/header.c rules/header.h
rules_librules_a_SOURCES += rules/header_split.c
rules_librules_a_SOURCES += rules/ruleset.h
rules_librules_a_SOURCES += rules/mime_fields.c rules/mime_fields.h
rules_librules_a_SOURCES += rules/mime_param.c rules/mime_param.h
rules_librules_a_SOURCES += rules/mime_tree.c rules/mime_tree.h
