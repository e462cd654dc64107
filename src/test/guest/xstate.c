/*
 * Lets user-mode Linux 6.1 run on processors whose extended state is larger than it knows (AMX): it saves 2696 bytes of
 * each process's registers, and since Linux 5.14 PTRACE_SETREGSET takes the whole area or nothing (EFAULT). Preloaded,
 * this fills in the rest from the process itself.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <elf.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/types.h>
#include <sys/uio.h>

/* Where the XSAVE header keeps the set of components in use, and those that user-mode Linux saves: x87 to AVX-512, PKRU. */
#define XSTATE_BV 512
#define KNOWN 0x2ff

typedef long ptrace_call(int, pid_t, void *, void *);

static ptrace_call *next;
static char area[64 * 1024] __attribute__((aligned(64)));

__attribute__((constructor)) static void find_next(void) { next = (ptrace_call *) dlsym(RTLD_NEXT, "ptrace"); }

long ptrace(enum __ptrace_request request, ...) {
    va_list list;
    va_start(list, request);
    pid_t pid = va_arg(list, pid_t);
    void *address = va_arg(list, void *);
    struct iovec *data = va_arg(list, void *);
    va_end(list);
    if (request != PTRACE_SETREGSET || (uintptr_t) address != NT_X86_XSTATE) return next(request, pid, address, data);

    struct iovec whole = {area, sizeof area};
    long status = next(PTRACE_GETREGSET, pid, address, &whole);
    if (status != 0) return status;
    memcpy(area, data->iov_base, data->iov_len < whole.iov_len ? data->iov_len : whole.iov_len);
    *(uint64_t *) (area + XSTATE_BV) &= KNOWN;
    return next(PTRACE_SETREGSET, pid, address, &whole);
}
