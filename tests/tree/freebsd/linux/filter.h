#error "FreeBSD has no linux/filter.h"
