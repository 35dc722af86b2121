#error "FreeBSD has no sys/prctl.h"
