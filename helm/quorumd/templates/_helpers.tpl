{{- define "quorumd.fullname" -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 40 | trimSuffix "-" -}}
{{- else -}}
{{- $name := default .Chart.Name .Values.nameOverride -}}
{{- $release := replace "." "-" .Release.Name -}}
{{- (contains $name $release | ternary $release (printf "%s-%s" $release $name)) | trunc 40 | trimSuffix "-" -}}
{{- end -}}
{{- end }}

{{- /* Labels that select: (list $ COMPONENT) */ -}}
{{- define "quorumd.selector" -}}
{{- $ := index . 0 -}}
app.kubernetes.io/name: {{ default $.Chart.Name $.Values.nameOverride }}
app.kubernetes.io/instance: {{ $.Release.Name }}
app.kubernetes.io/component: {{ index . 1 }}
{{- end }}

{{- define "quorumd.labels" -}}
{{- $ := index . 0 -}}
{{ include "quorumd.selector" . }}
app.kubernetes.io/version: {{ $.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ $.Release.Service }}
helm.sh/chart: {{ printf "%s-%s" $.Chart.Name $.Chart.Version }}
{{- end }}

{{- define "quorumd.image" -}}
{{ .Values.image.repository }}:{{ default .Chart.AppVersion .Values.image.tag }}
{{- end }}

{{- /* The environment variable in which kubelet gives each pod the Service's cluster address. */ -}}
{{- define "quorumd.serviceHost" -}}
{{ include "quorumd.fullname" . | upper | replace "-" "_" }}_SERVICE_HOST
{{- end }}

{{- define "quorumd.chapSecret" -}}
{{- default (printf "%s-chap" (include "quorumd.fullname" .)) .Values.chap.existingSecret -}}
{{- end }}

{{- /* The volumes, with the one that `helm test` may write to. As JSON: {"volumes": [...]} */ -}}
{{- define "quorumd.volumes" -}}
{{- $volumes := .Values.volumes -}}
{{- if .Values.test.enabled -}}
{{- $children := list -}}
{{- range list "a" "b" "c" -}}
{{- $children = append $children (dict "name" . "uri" (printf "file:/data/helm-test/%s.img" .)) -}}
{{- end -}}
{{- $volumes = append $volumes (dict "name" "helm-test" "size" "16MB" "children" $children) -}}
{{- end -}}
{{- dict "volumes" $volumes | toJson -}}
{{- end }}

{{- /* Where a child is: (list $ VOLUME CHILD) */ -}}
{{- define "quorumd.childUri" -}}
{{- $ := index . 0 -}}{{- $volume := index . 1 -}}{{- $child := index . 2 -}}
{{- $node := printf "%s-%s" $volume.name $child.name -}}
{{- if $child.uri -}}
{{- $child.uri -}}
{{- else if hasKey $child "replica" -}}
{{- if not $.Values.replicas.enabled -}}
{{- fail (printf "child %s of volume %s is on a replica: set replicas.enabled to true" $child.name $volume.name) -}}
{{- end -}}
{{- if ge (int $child.replica) (int $.Values.replicas.count) -}}
{{- fail (printf "child %s of volume %s is on replica %d, and replicas.count is %d: the first replica is 0" $child.name $volume.name (int $child.replica) (int $.Values.replicas.count)) -}}
{{- end -}}
{{- $set := printf "%s-replica" (include "quorumd.fullname" $) -}}
{{- printf "iscsi://%s-%d.%s.%s.svc:3260/%s:%s.replica/0" $set (int $child.replica) $set $.Release.Namespace $.Values.iqnPrefix $volume.name -}}
{{- else if eq (default "Filesystem" $child.claim.volumeMode) "Block" -}}
{{- printf "file:/dev/quorumd/%s" $node -}}
{{- else -}}
{{- printf "file:/children/%s/%s.img" $node $node -}}
{{- end -}}
{{- end }}

{{- /* Claim of a child: (list $ VOLUME CHILD) */ -}}
{{- define "quorumd.claimName" -}}
{{- $child := index . 2 -}}
{{- default (printf "%s-%s-%s" (include "quorumd.fullname" (index . 0)) (index . 1).name $child.name) $child.claim.existing -}}
{{- end }}

{{- /* Spec of a claim, of its values. */ -}}
{{- define "quorumd.claimSpec" -}}
accessModes: {{ default (list "ReadWriteOnce") .accessModes | toJson }}
{{- with .storageClassName }}
storageClassName: {{ . }}
{{- end }}
volumeMode: {{ default "Filesystem" .volumeMode }}
resources:
  requests:
    storage: {{ .size }}
{{- end }}

{{- define "quorumd.probes" -}}
startupProbe:
  httpGet: {path: /actuator/health/liveness, port: http}
  periodSeconds: 2
  failureThreshold: 150
livenessProbe:
  httpGet: {path: /actuator/health/liveness, port: http}
  periodSeconds: 10
  timeoutSeconds: 5
  failureThreshold: 6
readinessProbe:
  httpGet: {path: /actuator/health/readiness, port: http}
  periodSeconds: 5
  timeoutSeconds: 5
{{- end }}

{{- define "quorumd.podSecurity" -}}
runAsNonRoot: true
runAsUser: 65532
runAsGroup: 65532
{{- if .Values.fsGroup }}
fsGroup: {{ .Values.fsGroup }}
fsGroupChangePolicy: OnRootMismatch
{{- end }}
seccompProfile: {type: RuntimeDefault}
{{- end }}

{{- define "quorumd.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities: {drop: [ALL]}
{{- end }}

{{- /* Constraints with the label selector of a component: (list $ COMPONENT CONSTRAINTS) */ -}}
{{- define "quorumd.spread" -}}
{{- $selector := dict "labelSelector" (dict "matchLabels" (include "quorumd.selector" . | fromYaml)) -}}
{{- $constraints := list -}}
{{- range index . 2 -}}
{{- $constraints = append $constraints (merge (deepCopy .) $selector) -}}
{{- end -}}
{{- $constraints | toYaml -}}
{{- end }}
