package vmlan.program.selftest;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import vmlan.host.macos.VmnetException;
import vmlan.program.files.Places;
import vmlan.program.message.Failure;
import vmlan.qemu.QemuException;

/// The steps as they are taken, with their times. One that throws has failed, and the next one comes.
final class Journal {
    interface Action {
        Step.Outcome run() throws IOException, InterruptedException, Failure, QemuException;
    }

    private final Consumer<Step> told;
    private final List<Step> steps = new ArrayList<>();

    /// @param told of each step as soon as it is over
    Journal(Consumer<Step> told) {
        this.told = told;
    }

    /// @return whether it went well
    boolean step(String name, Action action) throws InterruptedException {
        long start = System.nanoTime();
        Step.Outcome outcome;
        boolean interrupted = false;
        try {
            outcome = action.run();
        } catch (InterruptedException e) {
            interrupted = true;
            outcome = Step.Outcome.failed("interrupted", "start it again");
        } catch (VmnetException e) {
            outcome = Step.Outcome.failed(e.call() + ": " + e.reason(), e.advice());
        } catch (Failure e) {
            outcome = Step.Outcome.failed(e.what(), e.remedy());
        } catch (QemuException e) {
            outcome = Step.Outcome.failed(e.what(), e.remedy());
        } catch (IOException e) {
            outcome = Step.Outcome.failed(Places.reason(e), null);
        }
        add(name, outcome, TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start));
        // A wait that kept the interruption to itself said it by the thread's state.
        if (Thread.interrupted() || interrupted) {
            throw new InterruptedException();
        }
        return !outcome.verdict().isBad();
    }

    private void add(String name, Step.Outcome outcome, long millis) {
        Step step = new Step(name, outcome.verdict(), outcome.found(), outcome.cure(), millis);
        steps.add(step);
        told.accept(step);
    }

    List<Step> steps() {
        return List.copyOf(steps);
    }
}
