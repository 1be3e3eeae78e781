package vmlan.host.linux;

/// How frames get from the marked socket to the host's own network stack. The first that the kernel takes is used.
public enum RedirectKind {
    /// An eBPF program on a TCX link (kernel 6.6): gone with its descriptor.
    TCX,
    /// The same program as a filter of clsact.
    CLS_BPF,
    /// A classic BPF filter of clsact and a mirred action: also in a user namespace, where eBPF is refused.
    CLS_BPF_CLASSIC,
    /// A u32 filter that compares the mark, and a mirred action; only with CONFIG_CLS_U32_MARK.
    U32_MARK,
    /// None: the host and the guests do not reach each other.
    NONE;

    /// Whether something stays in the kernel that [NicOpener#remove] must take away.
    public boolean needsRemoval() {
        return this == CLS_BPF || this == CLS_BPF_CLASSIC || this == U32_MARK;
    }
}
