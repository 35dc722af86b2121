# rules/ is about text. It knows no clock, network, thread, log or session.
noinst_LIBRARIES += rules/librules.a
rules_librules_a_CPPFLAGS = $(PROJECT_CPPFLAGS) $(PCRE2_CFLAGS) \
    $(HYPERSCAN_CFLAGS) $(GMIME_CFLAGS) $(ARCHIVE_CFLAGS) \
    $(IDN2_CFLAGS)
rules_librules_a_SOURCES =
dist_man_MANS += %D%/verdict-rules.5
include %D%/base/local.mk
include %D%/content/local.mk
include %D%/document/local.mk
include %D%/eval/local.mk
include %D%/fact/local.mk
include %D%/html/local.mk
include %D%/lang/local.mk
include %D%/learn/local.mk
include %D%/list/local.mk
include %D%/mail/local.mk
include %D%/match/local.mk
include %D%/mime/local.mk
include %D%/proof/local.mk
include %D%/source/local.mk
include %D%/text/local.mk
