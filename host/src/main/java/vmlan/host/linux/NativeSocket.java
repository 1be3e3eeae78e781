package vmlan.host.linux;

import vmlan.network.outside.OutsideError;

/// One socket of [NativeSockets]. All belongs to the loop's thread.
abstract class NativeSocket {
    final NativeSockets sockets;
    final int fd;
    final boolean ipv4;
    private long token = -1;

    /// @param fd is this object's from now on
    NativeSocket(NativeSockets sockets, int fd, boolean ipv4) {
        this.sockets = sockets;
        this.fd = fd;
        this.ipv4 = ipv4;
    }

    final boolean isClosed() {
        return token < 0;
    }

    final long token() {
        return token;
    }

    final void opened(long newToken) {
        token = newToken;
    }

    /// A message of the socket's came.
    ///
    /// @param offset of it in the data of `slots`
    abstract void received(MessageSlots slots, int slot, int offset, int length, long now);

    /// A message that was collected could not be sent, and never will be.
    ///
    /// @param mtu of the way, when it was too long and the kernel knows it; else 0
    abstract void unsent(OutsideError why, int mtu, SendBatch batch, int slot);

    /// The host was told that a message of long ago did not arrive.
    abstract void reported(OutsideError why, ErrorQueue report, int slot);

    /// Tells the owner of the failure that was taken out just now.
    abstract void tell(Failures failures, long now);

    /// Sends what was collected and ends.
    public final void close() {
        if (isClosed()) {
            return;
        }
        sockets.batch().flush(this);
        sockets.forget(token);
        token = -1;
        Libc.close(fd);
    }
}
