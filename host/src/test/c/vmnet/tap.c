/* A tap as the LAN of an interface. Linux' headers and apple.h have some names in common: here are only Linux'. */
#include <errno.h>
#include <fcntl.h>
#include <linux/if.h>
#include <linux/if_tun.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define EXPORT __attribute__((visibility("default")))

static char tap_name[IFNAMSIZ];

EXPORT void sim_use_tap(const char *name);
int sim_open_tap(void);

void sim_use_tap(const char *name)
{
	snprintf(tap_name, sizeof(tap_name), "%s", name == NULL ? "" : name);
}

/* -1 where none is wanted */
int sim_open_tap(void)
{
	if (tap_name[0] == 0)
		sim_use_tap(getenv("VMNET_SIMULATOR_TAP"));
	if (tap_name[0] == 0)
		return -1;
	struct ifreq request;
	memset(&request, 0, sizeof(request));
	snprintf(request.ifr_name, sizeof(request.ifr_name), "%s", tap_name);
	request.ifr_flags = IFF_TAP | IFF_NO_PI;
	int fd = open("/dev/net/tun", O_RDWR | O_CLOEXEC);
	if (fd < 0 || ioctl(fd, TUNSETIFF, &request) < 0) {
		fprintf(stderr, "vmnet simulator: tap %s: %s\n", tap_name, strerror(errno));
		if (fd >= 0)
			close(fd);
		return -1;
	}
	return fd;
}
