/* As in FreeBSD 14, as far as we use it. */
#include <sys/wait.h>
#define PROC_TRACE_CTL         7
#define PROC_TRACE_CTL_DISABLE 2
#define PROC_PDEATHSIG_CTL     11
int procctl(idtype_t type, id_t id, int command, void *data);
