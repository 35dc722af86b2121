policy_libpolicy_a_SOURCES += %D%/weather.c %D%/weather.h
policy_libpolicy_a_SOURCES += %D%/weather_mail.c %D%/weather_mail.h
policy_libpolicy_a_SOURCES += %D%/weather_watch.c %D%/weather_watch.h
