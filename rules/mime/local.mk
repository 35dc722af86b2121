rules_librules_a_SOURCES += %D%/mime_fields.c %D%/mime_fields.h
rules_librules_a_SOURCES += %D%/mime_inside.h
rules_librules_a_SOURCES += %D%/mime_leaf.c
rules_librules_a_SOURCES += %D%/mime_param.c %D%/mime_param.h
rules_librules_a_SOURCES += %D%/mime_readings.c
rules_librules_a_SOURCES += %D%/mime_tree.c %D%/mime_tree.h
rules_librules_a_SOURCES += %D%/mime_skeleton.c %D%/mime_skeleton.h
