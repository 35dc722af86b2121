/*
 * Limits, namespaces and the filter of system calls. What must not happen is
 * forbidden twice where that is possible: no descriptor can be had (limits),
 * and no call would give one (filter); no network is there (namespace), and no
 * socket can be asked for it.
 *
 * What is not expected fails with an error and does not end the process: the
 * libraries look for fonts and settings, and go on without. Starting processes
 * and sockets end it, for nothing that reads a document does that.
 */
#include "config.h"

#include "reader/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

/* Linux, and FreeBSD. */
#ifdef HAVE_SYS_PRCTL_H
#include <sys/prctl.h>
#endif
#ifdef HAVE_SYS_PROCCTL_H
#include <sys/procctl.h>
#endif
#ifdef HAVE_SYS_CAPSICUM_H
#include <sys/capsicum.h>
#endif
#ifdef HAVE_SECCOMP
#include <linux/filter.h>
#include <seccomp.h>
#endif

#define NOBODY 65534

static _Noreturn void
sandbox_fail(const char *what)
{
	(void)fprintf(stderr,
	    "verdict-reader"
	    ": %s\n",
	    what);
	_exit(70);
}

/* ---- once ------------------------------------------------------------------ */

/* As root, nobody: who the daemon is otherwise, it has seen to. */
static void
sandbox_drop_user(void)
{
	if (geteuid() != 0)
		return;
	if (setgroups(0, NULL) != 0 || setresgid(NOBODY, NOBODY, NOBODY) != 0 ||
	    setresuid(NOBODY, NOBODY, NOBODY) != 0)
		sandbox_fail("privileges cannot be given up");
}

static uint64_t
sandbox_size(void)
{
	unsigned long long pages = 0;
	FILE *f = fopen("/proc/self/statm", "re");

	if (f != NULL) {
		if (fscanf(f, "%llu", &pages) != 1)
			pages = 0;
		(void)fclose(f);
	}
	/* Without /proc, what it may have with its libraries. */
	return pages == 0 ? UINT64_C(512) << 20
			  : pages * (uint64_t)sysconf(_SC_PAGESIZE);
}

#ifdef HAVE_SECCOMP
static struct sock_fprog sandbox_program;

/* What reading needs. */
static const char *const sandbox_allowed[] = { "read", "write", "close",
	"fstat", "lseek", "munmap", "mremap", "brk", "madvise", "futex",
	"rt_sigprocmask", "rt_sigreturn", "sigaltstack", "exit", "exit_group",
	"clock_gettime", "clock_gettime64", "gettimeofday", "time", "getrandom",
	"getpid", "gettid", "sysinfo", "sched_yield", "sched_getaffinity",
	"restart_syscall" };

/* What nobody does who reads a document. */
static const char *const sandbox_fatal[] = { "execve", "execveat", "fork",
	"vfork", "clone", "clone3", "socket", "socketpair", "connect", "bind",
	"listen", "accept", "accept4", "sendto", "sendmsg", "kill", "tkill",
	"ptrace", "process_vm_readv", "process_vm_writev", "io_uring_setup",
	"bpf", "userfaultfd", "mount", "unshare", "setns", "prctl", "setrlimit",
	"prlimit64" };

static bool
sandbox_rule(
    scmp_filter_ctx *ctx, uint32_t action, const char *name, bool unexecutable)
{
	int call = seccomp_syscall_resolve_name(name);

	/* Not every machine has each. */
	if (call == __NR_SCMP_ERROR || call < 0)
		return true;
	return (unexecutable ? seccomp_rule_add(ctx, action, call, 1,
				   SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0))
			     : seccomp_rule_add(ctx, action, call, 0)) == 0;
}

static bool
sandbox_rules(scmp_filter_ctx *ctx)
{
	bool good = true;

	for (size_t i = 0;
	     i < sizeof(sandbox_allowed) / sizeof(sandbox_allowed[0]); i++)
		good = sandbox_rule(
			   ctx, SCMP_ACT_ALLOW, sandbox_allowed[i], false) &&
		       good;
	for (size_t i = 0; i < sizeof(sandbox_fatal) / sizeof(sandbox_fatal[0]);
	     i++)
		good = sandbox_rule(ctx, SCMP_ACT_KILL_PROCESS,
			   sandbox_fatal[i], false) &&
		       good;
	return sandbox_rule(ctx, SCMP_ACT_ALLOW, "mmap", true) &&
	       sandbox_rule(ctx, SCMP_ACT_ALLOW, "mmap2", true) &&
	       sandbox_rule(ctx, SCMP_ACT_ALLOW, "mprotect", true) && good;
}

/* The filter is worked out once, not by each copy: that takes a millisecond. */
static bool
sandbox_filter_make(void)
{
	scmp_filter_ctx *ctx = seccomp_init(SCMP_ACT_ERRNO(EACCES));
	int fd = memfd_create("filter", MFD_CLOEXEC);
	off_t size = 0;
	bool good = ctx != NULL && fd >= 0 && sandbox_rules(ctx) &&
		    seccomp_export_bpf(ctx, fd) == 0;

	if (good)
		size = lseek(fd, 0, SEEK_END);
	good =
	    good && size > 0 && (size_t)size % sizeof(struct sock_filter) == 0;
	if (good) {
		sandbox_program.filter = malloc((size_t)size);
		sandbox_program.len =
		    (unsigned short)((size_t)size / sizeof(struct sock_filter));
		good =
		    sandbox_program.filter != NULL &&
		    pread(fd, sandbox_program.filter, (size_t)size, 0) == size;
	}
	if (fd >= 0)
		(void)close(fd);
	seccomp_release(ctx);
	return good;
}

static bool
sandbox_filter_load(void)
{
	return prctl(PR_SET_SECCOMP, 2 /* SECCOMP_MODE_FILTER */,
		   &sandbox_program, 0, 0) == 0;
}
#else
static bool
sandbox_filter_make(void)
{
	return false;
}

static bool
sandbox_filter_load(void)
{
	return true;
}
#endif

#ifdef HAVE_SYS_PRCTL_H
static void
sandbox_system(void)
{
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
		sandbox_fail("privileges might be gained again");
	(void)prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
	/* One by one: a unit file may forbid some, or all. */
	if (unshare(CLONE_NEWUSER) == 0) {
		(void)unshare(CLONE_NEWNET);
		(void)unshare(CLONE_NEWIPC);
		(void)unshare(CLONE_NEWUTS);
	}
}

void
sandbox_follow(void)
{
	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
}
#elif defined(HAVE_SYS_PROCCTL_H)
static void
sandbox_system(void)
{
	int no_trace = PROC_TRACE_CTL_DISABLE;

	(void)procctl(P_PID, 0, PROC_TRACE_CTL, &no_trace);
}

void
sandbox_follow(void)
{
	int signal = SIGKILL;

	(void)procctl(P_PID, 0, PROC_PDEATHSIG_CTL, &signal);
}
#else
static void
sandbox_system(void)
{
}

/* Its time ends it. */
void
sandbox_follow(void)
{
}
#endif

/* FreeBSD's filter: from here on nothing has a name, neither file nor address
 * nor process, and no program can be started. */
static bool
sandbox_capsicum(void)
{
#ifdef HAVE_SYS_CAPSICUM_H
	return cap_enter() == 0;
#else
	return true;
#endif
}

void
sandbox_begin(struct sandbox *s)
{
	sandbox_drop_user();
	sandbox_system();
	s->filter = sandbox_filter_make();
	s->base = sandbox_size();
}

const char *
sandbox_words(const struct sandbox *s)
{
#ifdef HAVE_SYS_CAPSICUM_H
	(void)s;
	return "limits and Capsicum";
#else
	return s->filter ? "limits and a filter of system calls"
			 : "limits alone, for no system call is filtered";
#endif
}

/* ---- by each ----------------------------------------------------------------- */

static void
sandbox_limit(int what, uint64_t soft, uint64_t hard)
{
	struct rlimit limit = { (rlim_t)soft, (rlim_t)hard };

#ifdef __linux__
	if (setrlimit((unsigned)what, &limit) != 0)
#else
	if (setrlimit(what, &limit) != 0)
#endif
		sandbox_fail("a limit cannot be set");
}

void
sandbox_enter(const struct sandbox *s, const struct sandbox_limits *l)
{
	/* None of this stays with whoever takes us over. */
	(void)signal(SIGXCPU, SIG_DFL);
	(void)signal(SIGPIPE, SIG_DFL);
	sandbox_limit((int)RLIMIT_AS, s->base + l->memory, s->base + l->memory);
	sandbox_limit((int)RLIMIT_CPU, l->cpu_s, (uint64_t)l->cpu_s + 1);
	sandbox_limit((int)RLIMIT_FSIZE, 0, 0);
	sandbox_limit((int)RLIMIT_CORE, 0, 0);
	sandbox_limit((int)RLIMIT_NPROC, 0, 0);
	sandbox_limit((int)RLIMIT_NOFILE, 0, 0);
	if (s->filter && !sandbox_filter_load())
		sandbox_fail("the filter of system calls cannot be loaded");
	if (!sandbox_capsicum())
		sandbox_fail("capability mode cannot be entered");
}
