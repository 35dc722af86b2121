policy_libpolicy_a_SOURCES += %D%/check_geo.c
policy_libpolicy_a_SOURCES += %D%/geo_file.h
if HAVE_MAXMINDDB
policy_libpolicy_a_SOURCES += %D%/geo_file.c
else
policy_libpolicy_a_SOURCES += %D%/geo_file_none.c
endif
