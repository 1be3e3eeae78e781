package vmlan.qemu;

import java.nio.file.Path;

/// What a NIC of a VM leads to: QEMU's `-netdev`.
public sealed interface NicBackend {
    /// The type and its settings in QEMU's words, but for `id`; each setting with a comma before it.
    ///
    /// @param id of the backend
    String words(String id, StreamAttachment attachment);

    /// The port of a network of vmlan's.
    record Stream(Path socket) implements NicBackend {
        @Override
        public String words(String id, StreamAttachment attachment) {
            return "stream,id=" + id + attachment.words() + ",addr.type=unix,addr.path="
                    + QemuCommandLine.escaped(socket);
        }
    }

    /// QEMU's own NAT.
    record User() implements NicBackend {
        @Override
        public String words(String id, StreamAttachment attachment) {
            return "user,id=" + id;
        }
    }

    /// QEMU's own interface of Apple's vmnet (QEMU qapi/net.json, since 7.1; `isolated` needs macOS 11).
    ///
    /// @param nic of the host, which `vmnet-bridged` is bridged to; null for the others
    record Vmnet(Kind kind, String nic, boolean isolated) implements NicBackend {
        /// As QEMU calls them.
        public enum Kind {
            BRIDGED("vmnet-bridged"),
            SHARED("vmnet-shared"),
            HOST("vmnet-host");

            private final String type;

            Kind(String type) {
                this.type = type;
            }

            /// What `-netdev help` lists.
            public String type() {
                return type;
            }
        }

        public Vmnet {
            if ((kind == Kind.BRIDGED) != (nic != null)) {
                throw new IllegalArgumentException("a NIC of the host is for vmnet-bridged, and that needs one");
            }
        }

        @Override
        public String words(String id, StreamAttachment attachment) {
            return kind.type + ",id=" + id + (nic == null ? "" : ",ifname=" + QemuCommandLine.escaped(nic))
                    + (isolated ? ",isolated=on" : "");
        }
    }
}
