package vmlan.tests;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noFields;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.library.dependencies.SlicesRuleDefinition;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// What each folder may not do (ARCHITECTURE.md), so that it stays what it is known by.
class ArchitectureTest {
    private static JavaClasses classes;

    @BeforeAll
    static void readTheClasses() {
        classes = new ClassFileImporter()
                .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                // what one module's tests lend to another's
                .withImportOption(location -> !location.contains("-tests.jar"))
                .importPackages("vmlan");
        Assertions.assertThat(classes.contain("vmlan.packet.MacAddress")
                        && classes.contain("vmlan.network.Switch")
                        && classes.contain("vmlan.host.EventLoop")
                        && classes.contain("vmlan.qemu.Qemu")
                        && classes.contain("vmlan.program.Main"))
                .as("all modules are looked at")
                .isTrue();
    }

    @Test
    void packetsKnowNothingElse() {
        noClasses()
                .that()
                .resideInAPackage("vmlan.packet..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("vmlan.network..", "vmlan.host..", "vmlan.qemu..", "vmlan.program..")
                .because("bytes and their meaning come first; everything else stands on them")
                .check(classes);
    }

    @Test
    void packetsAndTheNetworkDoNoInputOrOutput() {
        noClasses()
                .that()
                .resideInAnyPackage("vmlan.packet..", "vmlan.network..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("java.nio.channels..", "java.nio.file..", "java.lang.foreign..")
                .orShould()
                .dependOnClassesThat(JavaClass.Predicates.resideInAPackage("java.io..")
                        .and(DescribedPredicate.not(
                                JavaClass.Predicates.assignableTo(java.io.ByteArrayOutputStream.class)))
                        .and(DescribedPredicate.not(JavaClass.Predicates.assignableTo(java.io.Serializable.class))))
                .because("codebases that keep I/O out of the protocols have the tests")
                .check(classes);
    }

    @Test
    void theNetworkHasNoThreads() {
        noClasses()
                .that()
                .resideInAnyPackage("vmlan.packet..", "vmlan.network..")
                .should()
                .dependOnClassesThat()
                .haveFullyQualifiedName("java.lang.Thread")
                .orShould()
                .dependOnClassesThat()
                .resideInAnyPackage("java.util.concurrent.atomic..", "java.util.concurrent.locks..")
                .because("one event loop owns all of it")
                .check(classes);
    }

    @Test
    void theNetworkReadsNoClock() {
        noClasses()
                .that()
                .resideInAnyPackage("vmlan.packet..", "vmlan.network..")
                .should()
                .callMethod(System.class, "nanoTime")
                .orShould()
                .callMethod(System.class, "currentTimeMillis")
                .orShould()
                .callMethod(java.time.Instant.class, "now")
                .because("time is an argument, so that tests need neither a fake clock nor a sleep")
                .check(classes);
    }

    @Test
    void theHostMakesNoProtocolDecision() {
        noClasses()
                .that()
                .resideInAPackage("vmlan.host..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "vmlan.network.gateway..", "vmlan.network.dhcp..", "vmlan.qemu..", "vmlan.program..")
                .because("it carries frames between the switch and the operating system, and no more")
                .check(classes);
    }

    @Test
    void nativeCallsAreMadeInOnePackageForEachSystem() {
        noClasses()
                .that()
                .resideOutsideOfPackages("vmlan.host.linux..", "vmlan.host.macos..", "vmlan.host.posix..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("java.lang.foreign..")
                .because("a wrong number in a native call ends the process, so they are kept where they are checked")
                .check(classes);
        noClasses()
                .that()
                .resideInAPackage("vmlan.host.linux..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("vmlan.host.macos..")
                .because("one system's calls are of no use to the other")
                .check(classes);
        noClasses()
                .that()
                .resideInAPackage("vmlan.host.macos..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("vmlan.host.linux..")
                .because("one system's calls are of no use to the other")
                .check(classes);
    }

    @Test
    void qemuKnowsNoPackets() {
        noClasses()
                .that()
                .resideInAPackage("vmlan.qemu..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("vmlan.packet..", "vmlan.network..", "vmlan.host..", "vmlan.program..")
                .because("it knows processes and sockets")
                .check(classes);
    }

    @Test
    void commandsAreUsedByNobodyButTheEntry() {
        classes()
                .that()
                .resideInAPackage("vmlan.program.command..")
                .should()
                .onlyBeAccessed()
                .byClassesThat()
                .resideInAnyPackage("vmlan.program.command..", "vmlan.program")
                .because("a command holds nothing that another part would want")
                .check(classes);
    }

    @Test
    void packagesHaveNoCycles() {
        SlicesRuleDefinition.slices()
                .matching("vmlan.(**)")
                .should()
                .beFreeOfCycles()
                .because("dependencies run one way")
                .check(classes);
    }

    @Test
    void nothingIsHeldInStaticVariables() {
        noFields()
                .that()
                .areStatic()
                .should()
                .notBeFinal()
                .because("two networks in one test must not meet")
                .check(classes);
    }
}
