{{- /* application.yaml of the target. Names come from Secrets through the environment, secrets through files. */ -}}
{{- define "quorumd.application" -}}
{{- $volumes := list -}}
{{- $targets := list -}}
{{- range $volume := (include "quorumd.volumes" . | fromJson).volumes -}}
{{- $children := list -}}
{{- range $child := $volume.children -}}
{{- $entry := dict "node-name" (printf "%s-%s" $volume.name $child.name) "uri" (include "quorumd.childUri" (list $ $volume $child)) -}}
{{- $secret := hasKey $child "replica" | ternary $.Values.replicas.credentialsSecret $child.credentialsSecret -}}
{{- if $secret -}}
{{- $_ := set $entry "credentials" (dict "user" (printf "${%s}" (include "quorumd.childVariable" (list $volume $child))) "secret-file" (printf "/etc/quorumd/children/%s-%s/password" $volume.name $child.name)) -}}
{{- end -}}
{{- $children = append $children $entry -}}
{{- end -}}
{{- $volumes = append $volumes (merge (dict "name" $volume.name "size" $volume.size "children" $children) (default dict $volume.options)) -}}
{{- $target := dict "name" (printf "%s:%s" $.Values.iqnPrefix $volume.name) "alias" $volume.name "luns" (list (dict "lun" 0 "volume" $volume.name)) -}}
{{- with $volume.initiators -}}
{{- $_ := set $target "initiators" . -}}
{{- end -}}
{{- if $.Values.chap.enabled -}}
{{- $_ := set $target "chap" (include "quorumd.chap" (list $ $volume.name "node.session.auth") | fromYaml) -}}
{{- end -}}
{{- $targets = append $targets $target -}}
{{- end -}}
{{- $advertise := .Values.advertise -}}
{{- if not $advertise -}}
{{- $host := printf "${%s}" (include "quorumd.serviceHost" .) -}}
{{- $advertise = list (printf "%s:%d" (eq .Values.service.ipFamily "IPv6" | ternary (printf "[%s]" $host) $host) (int .Values.service.port)) -}}
{{- end -}}
{{- $iscsi := dict "portals" (list "0.0.0.0:3260") "advertise" $advertise -}}
{{- if and .Values.chap.enabled .Values.chap.discovery -}}
{{- $_ := set $iscsi "discovery-chap" (include "quorumd.chap" (list $ "discovery" "discovery.sendtargets.auth") | fromYaml) -}}
{{- end -}}
{{- $quorumd := dict "state-dir" "/data/state" "iscsi" $iscsi "volumes" $volumes "targets" $targets -}}
{{- if .Values.lease.enabled -}}
{{- $_ := set $quorumd "lease" (dict "name" (include "quorumd.fullname" .) "duration" .Values.lease.duration "renew-deadline" .Values.lease.renewDeadline "retry-period" .Values.lease.retryPeriod) -}}
{{- end -}}
{{- if .Values.adminSecret -}}
{{- $_ := set $quorumd "admin" (dict "user" "${ADMIN_USERNAME}" "password-file" "/etc/quorumd/admin/password") -}}
{{- end -}}
{{- mergeOverwrite (dict "quorumd" $quorumd) .Values.application | toYaml -}}
{{- end }}

{{- /* Variable with the user name for a remote child: (list VOLUME CHILD) */ -}}
{{- define "quorumd.childVariable" -}}
{{ printf "CHILD_%s_%s_USERNAME" (index . 0).name (index . 1).name | upper | replace "-" "_" }}
{{- end }}

{{- /* Variable with a CHAP name: (list WHOSE SUFFIX) */ -}}
{{- define "quorumd.chapVariable" -}}
{{ printf "CHAP_%s_%s" (index . 0) (index . 1) | upper | replace "-" "_" }}
{{- end }}

{{- /* The chap group of a target or of discovery: (list $ WHOSE KEYS) */ -}}
{{- define "quorumd.chap" -}}
{{- $ := index . 0 -}}{{- $whose := index . 1 -}}{{- $keys := index . 2 -}}
user: ${{ printf "{%s}" (include "quorumd.chapVariable" (list $whose "username")) }}
secret-file: /etc/quorumd/chap/{{ $whose }}/{{ $keys }}.password
{{- if $.Values.chap.mutual }}
mutual-user: ${{ printf "{%s}" (include "quorumd.chapVariable" (list $whose "username_in")) }}
mutual-secret-file: /etc/quorumd/chap/{{ $whose }}/{{ $keys }}.password_in
{{- end }}
{{- end }}

{{- /* Who has a CHAP Secret: {"chap": [{"whose":, "secret":, "keys":}]} */ -}}
{{- define "quorumd.chapUsers" -}}
{{- $users := list -}}
{{- if .Values.chap.enabled -}}
{{- range (include "quorumd.volumes" . | fromJson).volumes -}}
{{- $users = append $users (dict "whose" .name "secret" (default (include "quorumd.chapSecret" $) .chapSecret) "keys" "node.session.auth") -}}
{{- end -}}
{{- if .Values.chap.discovery -}}
{{- $users = append $users (dict "whose" "discovery" "secret" (include "quorumd.chapSecret" .) "keys" "discovery.sendtargets.auth") -}}
{{- end -}}
{{- end -}}
{{- dict "chap" $users | toJson -}}
{{- end }}

{{- /* Remote children that log in: {"children": [{"node":, "variable":, "secret":}]} */ -}}
{{- define "quorumd.childUsers" -}}
{{- $users := list -}}
{{- range $volume := .Values.volumes -}}
{{- range $child := $volume.children -}}
{{- $secret := hasKey $child "replica" | ternary $.Values.replicas.credentialsSecret $child.credentialsSecret -}}
{{- if $secret -}}
{{- $users = append $users (dict "node" (printf "%s-%s" $volume.name $child.name) "variable" (include "quorumd.childVariable" (list $volume $child)) "secret" $secret) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- dict "children" $users | toJson -}}
{{- end }}
