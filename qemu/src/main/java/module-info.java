/// QEMU: what it can do, its command lines, its processes, QMP and the demo guest. Knows sockets, not packets.
module vmlan.qemu {
    requires com.fasterxml.jackson.jr.ob;
    requires org.apache.commons.compress;
    requires org.tukaani.xz;
    requires aircompressor.v3;
    requires iso9660.writer;
    requires sabre;
    // of which aircompressor, an automatic module, cannot say that it needs it
    requires jdk.unsupported;

    exports vmlan.qemu;
    exports vmlan.qemu.demo;
    exports vmlan.qemu.language;
    exports vmlan.qemu.language.reading;
    exports vmlan.qemu.seed;
    exports vmlan.qemu.tool;
    exports vmlan.qemu.translation;
}
