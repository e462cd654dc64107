package io.quorumd;

import static com.tngtech.archunit.library.Architectures.layeredArchitecture;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.syntax.ArchRuleDefinition;

/** The arrows of the code point one way: service → iscsi → scsi → block → pdu, and service → quorum → block. */
@AnalyzeClasses(packages = "io.quorumd", importOptions = DoNotIncludeTests.class)
class ArchitectureTest {

    @ArchTest
    static final ArchRule arrowsPointOneWay = layeredArchitecture()
            .consideringOnlyDependenciesInLayers()
            .layer("service")
            .definedBy("io.quorumd.service..")
            .layer("iscsi")
            .definedBy("io.quorumd.iscsi..")
            .layer("scsi")
            .definedBy("io.quorumd.scsi..")
            .layer("quorum")
            .definedBy("io.quorumd.quorum..")
            .layer("block")
            .definedBy("io.quorumd.block..")
            .layer("pdu")
            .definedBy("io.quorumd.pdu..")
            .whereLayer("service")
            .mayNotBeAccessedByAnyLayer()
            .whereLayer("iscsi")
            .mayOnlyBeAccessedByLayers("service")
            .whereLayer("scsi")
            .mayOnlyBeAccessedByLayers("service", "iscsi")
            .whereLayer("quorum")
            .mayOnlyBeAccessedByLayers("service")
            .whereLayer("block")
            .mayOnlyBeAccessedByLayers("service", "iscsi", "scsi", "quorum")
            .whereLayer("pdu")
            .mayOnlyBeAccessedByLayers("service", "iscsi", "scsi", "block");

    @ArchTest
    static final ArchRule onlyServiceKnowsSpring = ArchRuleDefinition.noClasses()
            .that()
            .resideOutsideOfPackage("io.quorumd.service..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("org.springframework..");

    @ArchTest
    static final ArchRule jscsiStaysBehindItsSeams = ArchRuleDefinition.noClasses()
            .that()
            .resideOutsideOfPackages("io.quorumd.pdu..", "io.quorumd.iscsi..", "io.quorumd.scsi..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("org.jscsi..");
}
