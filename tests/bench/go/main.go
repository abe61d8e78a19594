// Reference merges the three documents of FOLDER (base.json, desired.json, live.json) as a server
// with server-side apply does, and as kubectl does, and prints the nanoseconds of each.
//
//	reference SCHEMA FOLDER
//
// SCHEMA is the file of types that structured-merge-diff is tested with
// (internal/testdata/k8s-schema.yaml of the module).
//
// Server-side apply gets parsed objects: live is what the applier sent as base and another manager
// then updated, and desired is applied by force. A strategic merge patch takes JSON, as its callers
// have it; made and applied.
package main

import (
	"encoding/json"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"sort"
	"syscall"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/strategicpatch"
	"sigs.k8s.io/structured-merge-diff/v6/fieldpath"
	"sigs.k8s.io/structured-merge-diff/v6/merge"
	"sigs.k8s.io/structured-merge-diff/v6/typed"
)

const (
	rounds  = 15
	repeats = 100
	version = fieldpath.APIVersion("v1")
)

type document struct {
	text   []byte
	object map[string]interface{}
}

// converter converts nothing: every object is of one version.
type converter struct{}

func (converter) Convert(object *typed.TypedValue, _ fieldpath.APIVersion) (*typed.TypedValue, error) {
	return object, nil
}

func (converter) IsMissingVersionError(error) bool { return false }

func must[T any](value T, err error) T {
	if err != nil {
		log.Fatal(err)
	}
	return value
}

func read(folder, name string) document {
	text := must(os.ReadFile(filepath.Join(folder, name+".json")))
	d := document{text: text}
	if err := json.Unmarshal(text, &d.object); err != nil {
		log.Fatal(err)
	}
	return d
}

// processorTime is what this process took so far, its garbage collector included, in nanoseconds.
func processorTime() int64 {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		log.Fatal(err)
	}
	return usage.Utime.Nano() + usage.Stime.Nano()
}

// measure returns the nanoseconds of one call: the median of rounds of repeats.
func measure(call func()) int64 {
	var times []int64
	for range rounds {
		start := processorTime()
		for range repeats {
			call()
		}
		times = append(times, (processorTime()-start)/repeats)
	}
	sort.Slice(times, func(i, j int) bool { return times[i] < times[j] })
	return times[rounds/2]
}

func measureServerSide(kind typed.ParseableType, base, desired, live document) int64 {
	updater := (&merge.UpdaterBuilder{Converter: converter{}}).BuildUpdater()
	value := func(d document) *typed.TypedValue {
		return must(kind.FromUnstructured(d.object, typed.AllowDuplicates))
	}
	empty := must(kind.FromUnstructured(map[string]interface{}{}))
	applied, managers, err := updater.Apply(empty, value(base), version, nil, "gitops", true)
	if err != nil {
		log.Fatal(err)
	}
	if applied == nil {
		applied = value(base)
	}
	current, managers, err := updater.Update(applied, value(live), version, managers, "cluster")
	if err != nil {
		log.Fatal(err)
	}
	config := value(desired)
	return measure(func() {
		if _, _, err := updater.Apply(current, config, version, managers.Copy(), "gitops", true); err != nil {
			log.Fatal(err)
		}
	})
}

func measureStrategic(kind interface{}, base, desired, live document) int64 {
	meta := must(strategicpatch.NewPatchMetaFromStruct(kind))
	return measure(func() {
		patch := must(strategicpatch.CreateThreeWayMergePatch(
			base.text, desired.text, live.text, meta, true))
		must(strategicpatch.StrategicMergePatchUsingLookupPatchMeta(live.text, patch, meta))
	})
}

func main() {
	if len(os.Args) != 3 {
		log.Fatal("usage: reference SCHEMA FOLDER")
	}
	parser := must(typed.NewParser(typed.YAMLObject(must(os.ReadFile(os.Args[1])))))
	folder := os.Args[2]
	base, desired, live := read(folder, "base"), read(folder, "desired"), read(folder, "live")
	name, kind := "io.k8s.api.core.v1.Node", interface{}(corev1.Node{})
	if live.object["kind"] == "StatefulSet" {
		name, kind = "io.k8s.api.apps.v1.StatefulSet", appsv1.StatefulSet{}
	}
	fmt.Println(measureServerSide(parser.Type(name), base, desired, live),
		measureStrategic(kind, base, desired, live))
}
