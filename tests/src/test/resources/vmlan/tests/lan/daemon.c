/*
 * daemon SOCKET TAP: what socket_vmnet is to those who connect to it, with a tap in place of vmnet. Read its main.c: a
 * length of four bytes in network order and then the frame, each by one read that must bring all of it; what one client
 * sends goes to the interface and to all other clients; what the interface brings goes to all.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if.h>
#include <linux/if_tun.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <unistd.h>

#define MOST 8

static struct pollfd fds[2 + MOST];
static int count = 2;

static void fail(const char *what)
{
	fprintf(stderr, "daemon: %s: %s\n", what, strerror(errno));
	exit(1);
}

static void send_frame(int fd, const void *frame, uint32_t length)
{
	uint32_t header = htonl(length);
	struct iovec parts[] = {{&header, sizeof(header)}, {(void *)frame, length}};
	if (writev(fd, parts, 2) < 0)
		fprintf(stderr, "daemon: writev: %s\n", strerror(errno));
}

static void close_client(int place)
{
	close(fds[place].fd);
	fds[place] = fds[--count];
}

static void from_client(int place)
{
	static char frame[65536];
	uint32_t header;
	ssize_t got = read(fds[place].fd, &header, sizeof(header));
	if (got <= 0) {
		close_client(place);
		return;
	}
	if (got != sizeof(header) || ntohl(header) > sizeof(frame)) {
		errno = EPROTO;
		fail("half a length, or too much");
	}
	got = read(fds[place].fd, frame, ntohl(header));
	if (got != ntohl(header)) {
		errno = EPROTO;
		fail("half a frame");
	}
	if (write(fds[0].fd, frame, got) < 0)
		fprintf(stderr, "daemon: tap: %s\n", strerror(errno));
	for (int i = 2; i < count; i++)
		if (i != place)
			send_frame(fds[i].fd, frame, got);
}

int main(int argc, char **argv)
{
	if (argc != 3)
		return 2;
	struct ifreq request = {.ifr_flags = IFF_TAP | IFF_NO_PI};
	snprintf(request.ifr_name, sizeof(request.ifr_name), "%s", argv[2]);
	int tap = open("/dev/net/tun", O_RDWR | O_CLOEXEC);
	if (tap < 0 || ioctl(tap, TUNSETIFF, &request) < 0)
		fail(argv[2]);
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	snprintf(address.sun_path, sizeof(address.sun_path), "%s", argv[1]);
	unlink(argv[1]);
	int server = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (server < 0 || bind(server, (struct sockaddr *)&address, sizeof(address)) < 0 || listen(server, MOST) < 0)
		fail(argv[1]);
	fds[0] = (struct pollfd){.fd = tap, .events = POLLIN};
	fds[1] = (struct pollfd){.fd = server, .events = POLLIN};
	puts("ready");
	fflush(stdout);
	while (poll(fds, count, -1) > 0) {
		if (fds[0].revents) {
			static char frame[65536];
			ssize_t got = read(tap, frame, sizeof(frame));
			if (got < 0)
				fail("tap");
			for (int i = 2; i < count; i++)
				send_frame(fds[i].fd, frame, got);
		}
		if (fds[1].revents && count < 2 + MOST) {
			int client = accept(server, NULL, NULL);
			if (client >= 0)
				fds[count++] = (struct pollfd){.fd = client, .events = POLLIN};
		}
		for (int i = count - 1; i >= 2; i--)
			if (fds[i].revents)
				from_client(i);
	}
	fail("poll");
}
