package io.quorumd.service;

import io.quorumd.iscsi.TargetAccess;
import io.quorumd.pdu.ChapAccount;
import io.quorumd.pdu.IscsiName;
import io.quorumd.pdu.TextFormatException;
import io.quorumd.service.config.ChapProperties;
import io.quorumd.service.config.InitiatorProperties;
import io.quorumd.service.config.TargetProperties;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Who may use a target, as configured. */
final class ConfiguredAccess implements TargetAccess {

    /** Those admitted, by name, and whether they may only read; none: everybody is, for everything. */
    private final Map<String, Boolean> initiators;

    private final @Nullable ChapAccount chap;

    /** @param property name of the target's group of properties */
    ConfiguredAccess(String property, TargetProperties target) {
        this.initiators = target.initiators().stream()
                .collect(Collectors.toUnmodifiableMap(
                        initiator -> normal(initiator.name()), InitiatorProperties::readOnly));
        this.chap = account(property + ".chap", target.chap());
    }

    @Override
    public boolean admits(String initiatorName) {
        return initiators.isEmpty() || initiators.containsKey(initiatorName);
    }

    @Override
    public boolean isReadOnly(String initiatorName) {
        return initiators.getOrDefault(initiatorName, false);
    }

    @Override
    public @Nullable ChapAccount chap(String initiatorName) {
        return chap;
    }

    static @Nullable ChapAccount account(String property, ChapProperties chap) {
        if (chap.isEmpty()) {
            return null;
        }
        byte[] secret = chap.initiatorSecret(property).bytes();
        return chap.isMutual()
                ? ChapAccount.mutual(
                        chap.user(),
                        secret,
                        chap.mutualUser(),
                        chap.targetSecret(property).bytes())
                : ChapAccount.oneWay(chap.user(), secret);
    }

    /** The configuration has been checked: it has only names. */
    static String normal(String name) {
        try {
            return IscsiName.normalize(name);
        } catch (TextFormatException e) {
            throw new IllegalArgumentException(name, e);
        }
    }
}
