package vmlan.network.dns;

import vmlan.network.outside.OutsideError;

/// The host's sockets for DNS. Everything is called on, and calls back on, the network's event loop.
public interface DnsUpstream {
    /// Sends a message to a server, from a socket and a port of its own (RFC 5452 §9.2). Nothing comes back from
    /// within this call.
    ///
    /// @param tcp over a connection of its own, with the length in front (RFC 1035 §4.2.2), which the caller does
    ///     not see
    /// @return what to end when it is no longer wanted; null when the host has no socket for it now
    Exchange ask(DnsServer server, byte[] message, boolean tcp, Replies replies);

    /// A question that was sent. Replies are told until it is ended or has failed.
    interface Exchange {
        /// Closes the socket. What comes later finds nobody.
        void end();
    }

    /// What comes back.
    interface Replies {
        /// A message from the server's address: not necessarily the answer, since addresses can be forged.
        void came(byte[] message, long now);

        /// Nothing more will come: the host was told that there is nobody, or the connection broke.
        void failed(OutsideError why, long now);
    }
}
