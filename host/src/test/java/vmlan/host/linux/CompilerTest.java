package vmlan.host.linux;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A C compiler, with the system's header files, agrees with our numbers, sizes and offsets.
class CompilerTest {
    private static final String HEADERS = """
            #define _GNU_SOURCE
            #include <errno.h>
            #include <fcntl.h>
            #include <poll.h>
            #include <sched.h>
            #include <stddef.h>
            #include <stdio.h>
            #include <sys/epoll.h>
            #include <sys/ioctl.h>
            #include <sys/mman.h>
            #include <sys/prctl.h>
            #include <sys/socket.h>
            #include <sys/syscall.h>
            #include <netinet/in.h>
            #include <net/if.h>
            #include <net/if_arp.h>
            #include <linux/bpf.h>
            #include <linux/capability.h>
            #include <linux/errqueue.h>
            #include <linux/filter.h>
            #include <linux/icmp.h>
            #include <linux/icmpv6.h>
            #include <linux/if_addr.h>
            #include <linux/if_ether.h>
            #include <linux/if_link.h>
            #include <linux/if_packet.h>
            #include <linux/if_tun.h>
            #include <linux/netlink.h>
            #include <linux/rtnetlink.h>
            #include <linux/virtio_net.h>
            """;

    private final CompilerNumbers numbers = new CompilerNumbers();

    private void add(String expression, long value) {
        numbers.add(expression, value);
    }

    @Test
    void theCompilerAgrees(@TempDir Path folder) throws Exception {
        files();
        sockets();
        packetSockets();
        programs();
        interfaces();
        polling();
        ipSockets();
        numbers.expectAgreement(folder, HEADERS, "");
    }

    private void files() {
        add("O_RDWR", Libc.O_RDWR);
        add("O_NONBLOCK", Libc.O_NONBLOCK);
        add("O_CLOEXEC", Libc.O_CLOEXEC);
        add("F_SETFD", Libc.F_SETFD);
        add("POLLIN", Libc.POLLIN);
        add("sizeof(struct pollfd)", Libc.POLLFD_BYTES);
        add("offsetof(struct pollfd, events)", Libc.POLLFD_EVENTS);
        add("PROT_READ | PROT_WRITE", Libc.PROT_READ_WRITE);
        add("MAP_SHARED", Libc.MAP_SHARED);
        add("SYS_bpf", ProcessCalls.SYS_BPF);
        add("SYS_close_range", ProcessCalls.SYS_CLOSE_RANGE);
        add("PR_SET_NO_NEW_PRIVS", ProcessCalls.PR_SET_NO_NEW_PRIVS);
        add("PR_CAP_AMBIENT", ProcessCalls.PR_CAP_AMBIENT);
        add("PR_CAP_AMBIENT_CLEAR_ALL", ProcessCalls.PR_CAP_AMBIENT_CLEAR_ALL);
        add("CAP_NET_ADMIN", Rights.CAP_NET_ADMIN);
        add("CAP_NET_RAW", Rights.CAP_NET_RAW);
        add("CAP_BPF", Rights.CAP_BPF);
        add("TUNSETIFF", Tap.TUNSETIFF);
        add("IFF_TAP | IFF_NO_PI | IFF_TUN_EXCL", Tap.IFF_TAP | Tap.IFF_NO_PI | Tap.IFF_TUN_EXCL);
        add("sizeof(struct ifreq)", Tap.IFREQ_BYTES);
        add("offsetof(struct ifreq, ifr_flags)", Tap.IFREQ_FLAGS);
        for (int errno : new int[] {
            Errno.EPERM,
            Errno.EAGAIN,
            Errno.ENODEV,
            Errno.EMSGSIZE,
            Errno.EADDRINUSE,
            Errno.EADDRNOTAVAIL,
            Errno.ENETDOWN,
            Errno.ENETUNREACH,
            Errno.ENOBUFS,
            Errno.ETIMEDOUT,
            Errno.ECONNREFUSED,
            Errno.EHOSTUNREACH
        }) {
            add(Errno.name(errno), errno);
        }
        add("ERFKILL", 132);
        add("EBFONT", 59);
        add("EUSERS", 87);
        assertThat(Errno.name(132)).isEqualTo("ERFKILL");
        assertThat(Errno.name(59)).isEqualTo("EBFONT");
        assertThat(Errno.name(87)).isEqualTo("EUSERS");
    }

    private void sockets() {
        add("AF_PACKET", SocketCalls.AF_PACKET);
        add("AF_NETLINK", SocketCalls.AF_NETLINK);
        add("AF_INET6", SocketCalls.AF_INET6);
        add(
                "SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC",
                SocketCalls.SOCK_RAW | SocketCalls.SOCK_NONBLOCK | SocketCalls.SOCK_CLOEXEC);
        add("SO_ATTACH_FILTER", SocketCalls.SO_ATTACH_FILTER);
        add("SO_RCVBUFFORCE", SocketCalls.SO_RCVBUFFORCE);
        add("SO_SNDBUFFORCE", SocketCalls.SO_SNDBUFFORCE);
        add("SO_MARK", SocketCalls.SO_MARK);
        add("MSG_TRUNC", SocketCalls.MSG_TRUNC);
        add("MSG_DONTWAIT", SocketCalls.MSG_DONTWAIT);
        add("sizeof(struct mmsghdr)", SocketCalls.MMSGHDR_BYTES);
        add("offsetof(struct mmsghdr, msg_hdr.msg_name)", SocketCalls.MSG_NAME);
        add("offsetof(struct mmsghdr, msg_hdr.msg_namelen)", SocketCalls.MSG_NAMELEN);
        add("offsetof(struct mmsghdr, msg_hdr.msg_iov)", SocketCalls.MSG_IOV);
        add("offsetof(struct mmsghdr, msg_hdr.msg_iovlen)", SocketCalls.MSG_IOVLEN);
        add("offsetof(struct mmsghdr, msg_hdr.msg_control)", SocketCalls.MSG_CONTROL);
        add("offsetof(struct mmsghdr, msg_hdr.msg_controllen)", SocketCalls.MSG_CONTROLLEN);
        add("offsetof(struct mmsghdr, msg_hdr.msg_flags)", SocketCalls.MSG_FLAGS);
        add("offsetof(struct mmsghdr, msg_len)", SocketCalls.MSG_LEN);
        add("sizeof(struct iovec)", SocketCalls.IOVEC_BYTES);
        add("offsetof(struct iovec, iov_len)", SocketCalls.IOV_LEN);
        add("offsetof(struct cmsghdr, cmsg_level)", SocketCalls.CMSG_LEVEL);
        add("offsetof(struct cmsghdr, cmsg_type)", SocketCalls.CMSG_TYPE);
        add("CMSG_LEN(0)", SocketCalls.CMSG_DATA);
    }

    private void packetSockets() {
        add("SOL_PACKET", PacketSocket.SOL_PACKET);
        add("PACKET_OUTGOING", PacketSocket.PACKET_OUTGOING);
        add("PACKET_ADD_MEMBERSHIP", PacketSocket.PACKET_ADD_MEMBERSHIP);
        add("PACKET_STATISTICS", PacketSocket.PACKET_STATISTICS);
        add("PACKET_AUXDATA", PacketSocket.PACKET_AUXDATA);
        add("PACKET_VNET_HDR", PacketSocket.PACKET_VNET_HDR);
        add("PACKET_MR_PROMISC", PacketSocket.PACKET_MR_PROMISC);
        add("PACKET_MR_ALLMULTI", PacketSocket.PACKET_MR_ALLMULTI);
        add("ETH_P_ALL", PacketSocket.ETH_P_ALL);
        add("sizeof(struct sockaddr_ll)", PacketSocket.SOCKADDR_LL_BYTES);
        add("offsetof(struct sockaddr_ll, sll_protocol)", PacketSocket.SLL_PROTOCOL);
        add("offsetof(struct sockaddr_ll, sll_ifindex)", PacketSocket.SLL_IFINDEX);
        add("offsetof(struct sockaddr_ll, sll_pkttype)", PacketSocket.SLL_PKTTYPE);
        add("sizeof(struct packet_mreq)", PacketSocket.PACKET_MREQ_BYTES);
        add("sizeof(struct tpacket_auxdata)", PacketSocket.AUXDATA_BYTES);
        add("offsetof(struct tpacket_auxdata, tp_status)", PacketSocket.TP_STATUS);
        add("offsetof(struct tpacket_auxdata, tp_vlan_tci)", PacketSocket.TP_VLAN_TCI);
        add("offsetof(struct tpacket_auxdata, tp_vlan_tpid)", PacketSocket.TP_VLAN_TPID);
        add("TP_STATUS_VLAN_VALID", PacketSocket.TP_STATUS_VLAN_VALID);
        add("TP_STATUS_VLAN_TPID_VALID", PacketSocket.TP_STATUS_VLAN_TPID_VALID);
        add("sizeof(struct tpacket_stats)", PacketSocket.STATS_BYTES);
        add("offsetof(struct tpacket_stats, tp_drops)", PacketSocket.STATS_DROPS);
        add("sizeof(struct virtio_net_hdr)", PacketSocket.VNET_HEADER_BYTES);
    }

    private void programs() {
        add("sizeof(struct sock_filter)", ClassicFilter.INSTRUCTION_BYTES);
        add("BPF_LD | BPF_W | BPF_ABS", ClassicFilter.LD_W_ABS);
        add("BPF_LD | BPF_H | BPF_ABS", ClassicFilter.LD_H_ABS);
        add("BPF_LD | BPF_B | BPF_ABS", ClassicFilter.LD_B_ABS);
        add("BPF_LD | BPF_H | BPF_IND", ClassicFilter.LD_H_IND);
        add("BPF_LDX | BPF_B | BPF_MSH", ClassicFilter.LDX_MSH);
        add("BPF_JMP | BPF_JA", ClassicFilter.JMP_JA);
        add("BPF_JMP | BPF_JEQ | BPF_K", ClassicFilter.JMP_JEQ_K);
        add("BPF_JMP | BPF_JSET | BPF_K", ClassicFilter.JMP_JSET_K);
        add("BPF_RET | BPF_K", ClassicFilter.RET_K);
        add("SKF_AD_OFF + SKF_AD_PKTTYPE", ClassicFilter.ADDRESS_OF_PKTTYPE);
        add("SKF_AD_OFF + SKF_AD_MARK", ClassicFilter.ADDRESS_OF_MARK);
        add("sizeof(struct bpf_insn)", BpfAssembler.INSTRUCTION_BYTES);
    }

    private void interfaces() {
        add("sizeof(struct nlmsghdr)", NetlinkMessage.HEADER_BYTES);
        add("NLM_F_DUMP", NetlinkMessage.NLM_F_DUMP);
        add("NLM_F_DUMP_INTR", NetlinkMessage.NLM_F_DUMP_INTR);
        add("NLM_F_ACK_TLVS", NetlinkMessage.NLM_F_ACK_TLVS);
        add("NLM_F_CAPPED", NetlinkMessage.NLM_F_CAPPED);
        add("RTM_NEWLINK", Netlink.RTM_NEWLINK);
        add("RTM_GETADDR", Netlink.RTM_GETADDR);
        add("RTM_NEWROUTE", Netlink.RTM_NEWROUTE);
        add("RTM_GETROUTE", Netlink.RTM_GETROUTE);
        add("RTN_UNICAST", Routes.RTN_UNICAST);
        add("RTA_DST", Routes.RTA_DST);
        add("RTA_OIF", Routes.RTA_OIF);
        add("RTA_GATEWAY", Routes.RTA_GATEWAY);
        add("RTA_VIA", Routes.RTA_VIA);
        add(
                "RTMGRP_LINK | RTMGRP_IPV4_IFADDR | RTMGRP_IPV6_IFADDR | RTMGRP_IPV4_ROUTE | RTMGRP_IPV6_ROUTE",
                Netlink.GROUPS_ADDRESSES_AND_ROUTES);
        add("RTM_NEWQDISC", Netlink.RTM_NEWQDISC);
        add("RTM_GETTFILTER", Netlink.RTM_GETTFILTER);
        add("RTMGRP_LINK | RTMGRP_IPV4_IFADDR | RTMGRP_IPV6_IFADDR", Netlink.GROUPS_LINKS_AND_ADDRESSES);
        add("sizeof(struct ifinfomsg)", Interfaces.IFINFOMSG_BYTES);
        add("offsetof(struct ifinfomsg, ifi_index)", Interfaces.IFI_INDEX);
        add("IFLA_AF_SPEC", Interfaces.IFLA_AF_SPEC);
        add("sizeof(struct ifaddrmsg)", Interfaces.IFADDRMSG_BYTES);
        add("IFA_FLAGS", Interfaces.IFA_FLAGS);
        add("IFA_F_NODAD", Interfaces.IFA_F_NODAD);
        add("ARPHRD_ETHER", Interfaces.ARPHRD_ETHER);
        add("IFF_RUNNING", Interfaces.IFF_RUNNING);
    }

    private void polling() {
        add("EPOLL_CLOEXEC", EpollCalls.EPOLL_CLOEXEC);
        add("EPOLL_CTL_ADD", EpollCalls.EPOLL_CTL_ADD);
        add("EPOLL_CTL_DEL", EpollCalls.EPOLL_CTL_DEL);
        add("EPOLL_CTL_MOD", EpollCalls.EPOLL_CTL_MOD);
        add("EPOLLIN", EpollCalls.EPOLLIN);
        add("EPOLLERR", EpollCalls.EPOLLERR);
        add("EPOLLONESHOT", EpollCalls.EPOLLONESHOT);
        add("sizeof(struct epoll_event)", EpollCalls.EVENT_BYTES);
        add("offsetof(struct epoll_event, data)", EpollCalls.EVENT_DATA);
    }

    private void ipSockets() {
        add("MSG_ERRQUEUE", SocketCalls.MSG_ERRQUEUE);
        add("IPPROTO_IP", IpSockets.IPPROTO_IP);
        add("IPPROTO_ICMP", IpSockets.IPPROTO_ICMP);
        add("IPPROTO_IPV6", IpSockets.IPPROTO_IPV6);
        add("IPPROTO_ICMPV6", IpSockets.IPPROTO_ICMPV6);
        add("IP_TTL", IpSockets.IP_TTL);
        add("IP_MTU_DISCOVER", IpSockets.IP_MTU_DISCOVER);
        add("IP_RECVERR", IpSockets.IP_RECVERR);
        add("IPV6_UNICAST_HOPS", IpSockets.IPV6_UNICAST_HOPS);
        add("IPV6_MTU_DISCOVER", IpSockets.IPV6_MTU_DISCOVER);
        add("IPV6_RECVERR", IpSockets.IPV6_RECVERR);
        add("IPV6_V6ONLY", IpSockets.IPV6_V6ONLY);
        add("IP_PMTUDISC_DONT", IpSockets.PMTUDISC_DONT);
        add("IPV6_PMTUDISC_DONT", IpSockets.PMTUDISC_DONT);
        add("IP_PMTUDISC_DO", IpSockets.PMTUDISC_DO);
        add("IPV6_PMTUDISC_DO", IpSockets.PMTUDISC_DO);
        add("SOL_RAW", IpSockets.SOL_RAW);
        add("ICMP_FILTER", IpSockets.ICMP_FILTER);
        add("ICMPV6_FILTER", IpSockets.ICMPV6_FILTER);
        add("sizeof(struct sockaddr_in)", IpSockets.SOCKADDR_IN_BYTES);
        add("offsetof(struct sockaddr_in, sin_port)", IpSockets.SIN_PORT);
        add("offsetof(struct sockaddr_in, sin_addr)", IpSockets.SIN_ADDR);
        add("sizeof(struct sockaddr_in6)", IpSockets.SOCKADDR_IN6_BYTES);
        add("offsetof(struct sockaddr_in6, sin6_port)", IpSockets.SIN_PORT);
        add("offsetof(struct sockaddr_in6, sin6_addr)", IpSockets.SIN6_ADDR);
        add("sizeof(struct sock_extended_err)", ErrorQueue.EXTENDED_ERR_BYTES);
        add("offsetof(struct sock_extended_err, ee_errno)", ErrorQueue.EE_ERRNO);
        add("offsetof(struct sock_extended_err, ee_origin)", ErrorQueue.EE_ORIGIN);
        add("offsetof(struct sock_extended_err, ee_type)", ErrorQueue.EE_TYPE);
        add("offsetof(struct sock_extended_err, ee_code)", ErrorQueue.EE_CODE);
        add("offsetof(struct sock_extended_err, ee_info)", ErrorQueue.EE_INFO);
        add("SO_EE_ORIGIN_LOCAL", ErrorQueue.ORIGIN_LOCAL);
        add("SO_EE_ORIGIN_ICMP", ErrorQueue.ORIGIN_ICMP);
        add("SO_EE_ORIGIN_ICMP6", ErrorQueue.ORIGIN_ICMP6);
    }
}
