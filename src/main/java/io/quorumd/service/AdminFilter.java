package io.quorumd.service;

import io.quorumd.service.config.AdminProperties;
import io.quorumd.service.config.QuorumdProperties;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ProblemDetail;
import org.springframework.stereotype.Component;
import org.springframework.web.filter.OncePerRequestFilter;
import tools.jackson.databind.json.JsonMapper;

/**
 * Everybody may read; whoever wants to change something needs the administrator's name and password (RFC 7617), and without
 * an administrator nobody can. JSON only: what a foreign web page can make a browser send is never that.
 */
@Component
final class AdminFilter extends OncePerRequestFilter {

    private static final Set<String> READS = Set.of("GET", "HEAD", "OPTIONS");
    private static final String SCHEME = "Basic ";

    private final byte @Nullable [] credentials;
    private final JsonMapper json;

    AdminFilter(QuorumdProperties properties, JsonMapper json) {
        this.credentials = credentials(properties.admin());
        this.json = json;
    }

    private static byte @Nullable [] credentials(AdminProperties admin) {
        if (admin.isEmpty()) {
            return null;
        }
        byte[] user = (admin.user() + ":").getBytes(StandardCharsets.UTF_8);
        byte[] password = admin.readPassword().bytes();
        byte[] both = new byte[user.length + password.length];
        System.arraycopy(user, 0, both, 0, user.length);
        System.arraycopy(password, 0, both, user.length, password.length);
        return both;
    }

    @Override
    protected boolean shouldNotFilter(HttpServletRequest request) {
        return READS.contains(request.getMethod());
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        if (credentials == null) {
            refuse(
                    response,
                    HttpStatus.FORBIDDEN,
                    "Only reads are served: quorumd.admin.user and its password are not set.");
        } else if (!MessageDigest.isEqual(credentials, given(request))) {
            response.setHeader(HttpHeaders.WWW_AUTHENTICATE, "Basic realm=\"quorumd\", charset=\"UTF-8\"");
            refuse(response, HttpStatus.UNAUTHORIZED, "The administrator's name and password are needed.");
        } else if (!isJson(request)) {
            refuse(response, HttpStatus.UNSUPPORTED_MEDIA_TYPE, "Changes are sent as application/json.");
        } else {
            chain.doFilter(request, response);
        }
    }

    private static byte[] given(HttpServletRequest request) {
        String header = request.getHeader(HttpHeaders.AUTHORIZATION);
        if (header == null || !header.regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
            return new byte[0];
        }
        try {
            return Base64.getDecoder().decode(header.substring(SCHEME.length()).strip());
        } catch (IllegalArgumentException notBase64) {
            return new byte[0];
        }
    }

    private static boolean isJson(HttpServletRequest request) {
        String type = request.getContentType();
        return type != null && type.toLowerCase(Locale.ROOT).startsWith(MediaType.APPLICATION_JSON_VALUE);
    }

    private void refuse(HttpServletResponse response, HttpStatus status, String detail) throws IOException {
        response.setStatus(status.value());
        response.setContentType(MediaType.APPLICATION_PROBLEM_JSON_VALUE);
        json.writeValue(response.getOutputStream(), ProblemDetail.forStatusAndDetail(status, detail));
    }
}
