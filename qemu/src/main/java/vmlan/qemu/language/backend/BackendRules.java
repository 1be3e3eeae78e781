package vmlan.qemu.language.backend;

/// The rules of one kind of backend, in the order in which QEMU goes through them.
interface BackendRules {
    void check(Making making) throws Refused;
}
