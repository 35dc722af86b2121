policy_libpolicy_a_SOURCES += %D%/arc_chain.c %D%/arc_chain.h
policy_libpolicy_a_SOURCES += %D%/arc_said.c %D%/arc_said.h
policy_libpolicy_a_SOURCES += %D%/arc_set.c %D%/arc_set.h
policy_libpolicy_a_SOURCES += %D%/check_arc.c
