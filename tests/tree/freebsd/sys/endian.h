/* FreeBSD has endian.h under this name. */
#include <endian.h>
