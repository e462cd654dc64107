# docker build -t quorumd .                              from the sources, in the image of the build stage
# docker build -t quorumd --build-arg JAR=built .        with the target/quorumd.jar that is there
# docker run --read-only --tmpfs /tmp -v quorumd:/data -p 3260:3260 -p 8080:8080 quorumd

FROM maven:3.9-eclipse-temurin-25 AS build
ARG JAR=
WORKDIR /build
COPY . .
RUN [ "$JAR" = built ] || { rm -rf target && ./mvnw -q -Dquick -DskipTests package; }
RUN java -Djarmode=tools -jar target/quorumd.jar extract --layers --destination layers \
 && mkdir native && cd native \
 && for lib in ../layers/dependencies/lib/netty-transport-native-epoll-*-linux-*.jar; do jar xf "$lib" META-INF/native; done

FROM eclipse-temurin:25-jre
ARG VERSION=0.1.0-SNAPSHOT
ARG REVISION=unknown
LABEL org.opencontainers.image.title="quorumd" \
      org.opencontainers.image.description="Block storage over iSCSI whose every block is voted on by several children" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="$VERSION" \
      org.opencontainers.image.revision="$REVISION"

WORKDIR /
# For state and children; the chart mounts a claim at /data and one below /children for each child.
RUN install -d -o 65532 -g 65532 -m 750 /data /children
COPY LICENSE NOTICE src/main/container/healthcheck.sh src/main/container/train.sh /app/
COPY src/main/container/application.yaml /
# Netty would unpack its native code into /tmp and run it from there, where mounts are noexec.
COPY --from=build /build/native/META-INF/native/ /app/native/
COPY --from=build /build/layers/dependencies/ /app/
COPY --from=build /build/layers/spring-boot-loader/ /app/
COPY --from=build /build/layers/snapshot-dependencies/ /app/
COPY --from=build /build/layers/application/ /app/
RUN /app/train.sh /app/quorumd.aot

USER 65532:65532
VOLUME /data
EXPOSE 3260 8080
HEALTHCHECK --interval=10s --timeout=3s --start-period=60s CMD ["/app/healthcheck.sh"]
# The JVM is process 1: it answers SIGTERM itself. One that ran out of memory ends, so that it is started again. The
# collector and the young generation: docs/performance.md, "Pauses".
ENTRYPOINT ["java", "-XX:AOTCache=/app/quorumd.aot", "-XX:+UseSerialGC", "-Xmn8m", "-XX:MaxTenuringThreshold=4", "-XX:+ExitOnOutOfMemoryError", "-Djava.library.path=/app/native", "-jar", "/app/quorumd.jar"]
