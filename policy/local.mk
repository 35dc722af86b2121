# policy/ is about this session: facts, checks, DNS, stores, verdict.
noinst_LIBRARIES += policy/libpolicy.a
policy_libpolicy_a_CPPFLAGS = $(PROJECT_CPPFLAGS) $(OPENDKIM_CFLAGS) \
    $(CRYPTO_CFLAGS) $(CARES_CFLAGS) $(SQLITE_CFLAGS) $(SSL_CFLAGS) \
    $(PSL_CFLAGS) $(JANSSON_CFLAGS) $(MAXMINDDB_CFLAGS) $(MICROHTTPD_CFLAGS) \
    $(LIBPQ_CFLAGS)
policy_libpolicy_a_SOURCES =
include %D%/arc/local.mk
include %D%/base/local.mk
include %D%/case/local.mk
include %D%/compare/local.mk
include %D%/config/local.mk
include %D%/copy/local.mk
include %D%/content/local.mk
include %D%/dkim/local.mk
include %D%/dmarc/local.mk
include %D%/dns/local.mk
include %D%/envelope/local.mk
include %D%/geo/local.mk
include %D%/header/local.mk
include %D%/journal/local.mk
include %D%/learn/local.mk
include %D%/judge/local.mk
include %D%/lists/local.mk
include %D%/load/local.mk
include %D%/memory/local.mk
include %D%/message/local.mk
include %D%/reader/local.mk
include %D%/report/local.mk
include %D%/scan/local.mk
include %D%/restore/local.mk
include %D%/spf/local.mk
include %D%/store/local.mk
include %D%/tell/local.mk
include %D%/weather/local.mk
