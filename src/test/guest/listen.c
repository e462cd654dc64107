/*
 * Preloaded into slirp: it listens on the loopback only, and on a port, too, where connections of a guest that was killed
 * have not quite ended.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <netinet/in.h>
#include <sys/socket.h>

typedef int bind_call(int, const struct sockaddr *, socklen_t);

int bind(int fd, const struct sockaddr *address, socklen_t length) {
    struct sockaddr_in here = *(const struct sockaddr_in *) address;
    int yes = 1;
    if (here.sin_family == AF_INET) {
        here.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        address = (struct sockaddr *) &here;
        setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    }
    return ((bind_call *) dlsym(RTLD_NEXT, "bind"))(fd, address, length);
}
