/*
 * New connections in a second: connect, send 64 bytes, receive 64 bytes until the end of the stream, close.
 *
 *   connections serve PORT                            answers each request and closes first
 *   connections run ADDRESS PORT THREADS SECONDS      prints "COUNT SECONDS"
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define SIZE 64

static struct addrinfo *server;
static double deadline;

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void fail(const char *what) {
    perror(what);
    exit(1);
}

static void *client(void *counter) {
    char bytes[SIZE] = "request";
    while (now() < deadline) {
        int s = socket(server->ai_family, SOCK_STREAM, 0);
        if (s < 0 || connect(s, server->ai_addr, server->ai_addrlen) < 0)
            fail("connect");
        if (write(s, bytes, SIZE) != SIZE)
            fail("write");
        size_t got = 0;
        ssize_t n;
        while ((n = read(s, bytes, SIZE)) > 0)
            got += (size_t)n;
        if (n < 0 || got != SIZE)
            fail("read");
        close(s);
        ++*(long *)counter;
    }
    return NULL;
}

static int run(char **argv) {
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICHOST};
    if (getaddrinfo(argv[2], argv[3], &hints, &server) != 0)
        fail(argv[2]);
    int threads = atoi(argv[4]);
    pthread_t ids[64];
    long counts[64 * 16] = {0}; /* a cache line or two for each */
    double from = now();
    deadline = from + atof(argv[5]);
    for (int i = 0; i < threads && i < 64; i++)
        pthread_create(&ids[i], NULL, client, &counts[i * 16]);
    long sum = 0;
    for (int i = 0; i < threads && i < 64; i++) {
        pthread_join(ids[i], NULL);
        sum += counts[i * 16];
    }
    printf("%ld %.3f\n", sum, now() - from);
    return 0;
}

static int serve(char **argv) {
    int on = 1, off = 0;
    struct sockaddr_in6 any = {.sin6_family = AF_INET6, .sin6_port = htons((uint16_t)atoi(argv[2]))};
    int listener = socket(AF_INET6, SOCK_STREAM | SOCK_NONBLOCK, 0);
    setsockopt(listener, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof off);
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (bind(listener, (struct sockaddr *)&any, sizeof any) < 0 || listen(listener, 4096) < 0)
        fail("listen");
    int poll = epoll_create1(0);
    struct epoll_event event = {.events = EPOLLIN, .data.fd = listener};
    epoll_ctl(poll, EPOLL_CTL_ADD, listener, &event);
    puts("ready");
    fflush(stdout);
    for (;;) {
        struct epoll_event events[256];
        int count = epoll_wait(poll, events, 256, -1);
        for (int i = 0; i < count; i++) {
            int s = events[i].data.fd;
            if (s == listener) {
                while ((s = accept4(listener, NULL, NULL, SOCK_NONBLOCK)) >= 0) {
                    event.data.fd = s;
                    epoll_ctl(poll, EPOLL_CTL_ADD, s, &event);
                }
                continue;
            }
            /* 64 bytes that were one write are one read */
            char bytes[SIZE];
            if (read(s, bytes, SIZE) > 0 && write(s, bytes, SIZE) != SIZE)
                perror("answer");
            close(s);
        }
    }
    return 0;
}

int main(int argc, char **argv) {
    if (argc == 3 && strcmp(argv[1], "serve") == 0)
        return serve(argv);
    if (argc == 6 && strcmp(argv[1], "run") == 0)
        return run(argv);
    fprintf(stderr, "connections serve PORT | run ADDRESS PORT THREADS SECONDS\n");
    return 2;
}
