import java.io.File;
import java.io.FileInputStream;
import java.util.Map;
import java.util.TreeMap;
import java.util.logging.Level;
import java.util.logging.Logger;

import org.verapdf.core.ModelParsingException;
import org.verapdf.gf.foundry.VeraGreenfieldFoundryProvider;
import org.verapdf.pdfa.Foundries;
import org.verapdf.pdfa.PDFAParser;
import org.verapdf.pdfa.PDFAValidator;
import org.verapdf.pdfa.flavours.PDFAFlavour;
import org.verapdf.pdfa.results.TestAssertion;
import org.verapdf.pdfa.results.ValidationResult;
import org.verapdf.pdfa.validation.profiles.Profiles;
import org.verapdf.pdfa.validation.profiles.Rule;

/**
 * Files judged by veraPDF against ISO 19005-3, conformance level B.
 *
 * <p>Prints a line for each file: {@code FILE TAB ok TAB checks}, or {@code FILE TAB failed TAB clause, test number,
 * what was expected and where} for each clause that does not hold. The word {@code rules} instead of files prints the
 * rules of the profile.
 */
public final class Vera {
    private static final PDFAFlavour FLAVOUR = PDFAFlavour.PDFA_3_B;

    public static void main(String[] arguments) throws Exception {
        Logger.getLogger("").setLevel(Level.OFF);
        VeraGreenfieldFoundryProvider.initialise();
        if (arguments.length == 1 && arguments[0].equals("rules")) {
            for (Rule rule : Profiles.getVeraProfileDirectory().getValidationProfileByFlavour(FLAVOUR).getRules()) {
                System.out.println(rule.getRuleId().getClause() + "\t" + rule.getRuleId().getTestNumber() + "\t"
                        + rule.getDescription().replaceAll("\\s+", " "));
            }
            return;
        }
        boolean good = true;
        for (String name : arguments) {
            good &= judge(name);
        }
        System.exit(good ? 0 : 1);
    }

    private static boolean judge(String name) {
        try (FileInputStream bytes = new FileInputStream(new File(name));
                PDFAParser parser = Foundries.defaultInstance().createParser(bytes, FLAVOUR);
                PDFAValidator validator = Foundries.defaultInstance().createValidator(FLAVOUR, false)) {
            ValidationResult result = validator.validate(parser);
            if (result.isCompliant() && result.getTotalAssertions() > 0) {
                System.out.println(name + "\tok\t" + result.getTotalAssertions());
                return true;
            }
            Map<String, String> failed = new TreeMap<>();
            for (TestAssertion one : result.getTestAssertions()) {
                if (one.getStatus() == TestAssertion.Status.FAILED) {
                    failed.putIfAbsent(one.getRuleId().getClause() + " test " + one.getRuleId().getTestNumber(),
                            one.getMessage().replaceAll("\\s+", " ") + " at " + one.getLocation().getContext());
                }
            }
            failed.forEach((rule, why) -> System.out.println(name + "\tfailed\t" + rule + ": " + why));
            if (failed.isEmpty()) {
                System.out.println(name + "\tfailed\tno rule was checked");
            }
        } catch (ModelParsingException unreadable) {
            System.out.println(name + "\tfailed\tunreadable: " + unreadable.getMessage());
        } catch (Exception other) {
            System.out.println(name + "\tfailed\t" + other);
        }
        return false;
    }
}
