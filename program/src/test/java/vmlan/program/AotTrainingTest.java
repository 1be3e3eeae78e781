package vmlan.program;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import vmlan.program.files.Places;
import vmlan.program.vm.Vm;
import vmlan.program.vm.VmStore;

class AotTrainingTest {
    /// Otherwise the training would teach what a VM costs that is set aside, and nothing would tell.
    @Test
    void itsVmIsOneThatRuns(@TempDir Path folder) throws Exception {
        Places places = Places.in(folder);
        AotTraining.pretendVm(places);
        List<String> said = new ArrayList<>();
        assertThat(new VmStore(places, said::add).all()).singleElement().matches(Vm::isAlive);
        assertThat(said).isEmpty();
    }
}
