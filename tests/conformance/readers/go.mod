module readers

go 1.19

require (
	go.yaml.in/yaml/v2 v2.4.2
	gopkg.in/yaml.v3 v3.0.1
	sigs.k8s.io/yaml v1.4.0
)
