/*
 * Makes the kernel of a network namespace the guest: carries frames between a tap and a stream socket as QEMU's
 * `-netdev stream` frames them, each with its length in four bytes in front, most significant first.
 *
 *   pump TAP SOCKET
 *
 * The tap exists already, and has no offloads, for a guest on a stream socket has no header for them. One thread a
 * direction; both block, so a slow reader stops the other side as it does in QEMU. Many frames go in one write.
 * Writes "ready" once both ends are open, and ends when one of them does.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if.h>
#include <linux/if_tun.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

/* An Ethernet header before the largest IP packet, and some for a tag. */
#define FRAME_MAX (65535 + 18)
#define BUFFER (1 << 20)
/* One write's worth: QEMU's own sockets take some 200 kB. */
#define BATCH (1 << 17)

static int tap, stream;

static _Noreturn void end(const char *what) {
    fprintf(stderr, "pump: %s: %s\n", what, errno ? strerror(errno) : "end of file");
    _exit(1);
}

static void *to_stream(void *unused) {
    unsigned char *buffer = malloc(BUFFER);
    (void)unused;
    for (;;) {
        size_t used = 0;
        struct pollfd wait = {.fd = tap, .events = POLLIN};
        if (poll(&wait, 1, -1) < 0 && errno != EINTR)
            end("poll");
        while (used < BATCH) {
            ssize_t n = read(tap, buffer + used + 4, FRAME_MAX);
            if (n < 0) {
                if (errno == EAGAIN || errno == EINTR)
                    break;
                end("tap");
            }
            uint32_t length = htonl((uint32_t)n);
            memcpy(buffer + used, &length, 4);
            used += 4 + (size_t)n;
        }
        for (size_t at = 0; at < used;) {
            ssize_t n = write(stream, buffer + at, used - at);
            if (n < 0 && errno != EINTR)
                end("socket");
            at += n > 0 ? (size_t)n : 0;
        }
    }
    return NULL;
}

static void *to_tap(void *unused) {
    unsigned char *buffer = malloc(BUFFER);
    size_t from = 0, to = 0;
    (void)unused;
    for (;;) {
        errno = 0;
        ssize_t n = read(stream, buffer + to, BUFFER - to);
        if (n <= 0)
            end("socket");
        to += (size_t)n;
        while (to - from >= 4) {
            uint32_t length;
            memcpy(&length, buffer + from, 4);
            length = ntohl(length);
            if (length == 0 || length > FRAME_MAX) {
                fprintf(stderr, "pump: a frame of %u bytes\n", length);
                _exit(1);
            }
            if (to - from - 4 < length)
                break;
            /* what a NIC that is down refuses is lost, as on a cable */
            if (write(tap, buffer + from + 4, length) < 0 && errno != EIO && errno != EINVAL && errno != EAGAIN)
                end("tap");
            from += 4 + length;
        }
        memmove(buffer, buffer + from, to - from);
        to -= from;
        from = 0;
    }
    return NULL;
}

int main(int argc, char **argv) {
    if (argc != 3) {
        fprintf(stderr, "pump TAP SOCKET\n");
        return 2;
    }
    struct ifreq request = {.ifr_flags = IFF_TAP | IFF_NO_PI};
    strncpy(request.ifr_name, argv[1], IFNAMSIZ - 1);
    tap = open("/dev/net/tun", O_RDWR | O_NONBLOCK);
    if (tap < 0 || ioctl(tap, TUNSETIFF, &request) < 0)
        end(argv[1]);
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    strncpy(address.sun_path, argv[2], sizeof address.sun_path - 1);
    stream = socket(AF_UNIX, SOCK_STREAM, 0);
    if (connect(stream, (struct sockaddr *)&address, sizeof address) < 0)
        end(argv[2]);
    puts("ready");
    fflush(stdout);
    pthread_t thread;
    pthread_create(&thread, NULL, to_stream, NULL);
    to_tap(NULL);
}
