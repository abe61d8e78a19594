// Reads pairs of JSON and YAML from standard input, one pair of JSON strings a line, and says where
// a YAML reader sees another value than the JSON. The last line counts the pairs. With the argument
// "documents" it reads paths and prints what kubectl makes of the files.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"reflect"

	yaml2 "go.yaml.in/yaml/v2"
	yaml3 "gopkg.in/yaml.v3"
	sigs "sigs.k8s.io/yaml"
)

// plain makes what a reader of YAML gives into what the reader of JSON gives; a key that is no
// string stays visible as one.
func plain(value interface{}) interface{} {
	switch v := value.(type) {
	case int:
		return float64(v)
	case int64:
		return float64(v)
	case uint64:
		return float64(v)
	case []interface{}:
		list := make([]interface{}, len(v))
		for i := range v {
			list[i] = plain(v[i])
		}
		return list
	case map[string]interface{}:
		all := map[string]interface{}{}
		for key := range v {
			all[key] = plain(v[key])
		}
		return all
	case map[interface{}]interface{}:
		all := map[string]interface{}{}
		for key := range v {
			text, ok := key.(string)
			if !ok {
				text = fmt.Sprintf("%T %v", key, key)
			}
			all[text] = plain(v[key])
		}
		return all
	}
	return value
}

type reader struct {
	name string
	read func(text []byte) (interface{}, error)
}

var readers = []reader{
	{"sigs.k8s.io/yaml", func(text []byte) (value interface{}, err error) {
		err = sigs.Unmarshal(text, &value)
		return
	}},
	{"yaml v2", func(text []byte) (value interface{}, err error) {
		err = yaml2.Unmarshal(text, &value)
		return
	}},
	{"yaml v3", func(text []byte) (value interface{}, err error) {
		err = yaml3.Unmarshal(text, &value)
		return
	}},
}

func check(pair [2]string) {
	var expected interface{}
	if err := json.Unmarshal([]byte(pair[0]), &expected); err != nil {
		fmt.Printf("%q: %v\n", pair[0], err)
		return
	}
	for _, r := range readers {
		value, err := r.read([]byte(pair[1]))
		if err != nil {
			fmt.Printf("%s cannot read %.2000q: %v\n", r.name, pair[1], err)
		} else if !reflect.DeepEqual(plain(value), expected) {
			fmt.Printf("%s sees something else than %.2000q in %.2000q\n", r.name, pair[0], pair[1])
		}
	}
}

func main() {
	if len(os.Args) > 1 && os.Args[1] == "documents" {
		if err := dumpDocuments(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	count := 0
	lines := bufio.NewReaderSize(os.Stdin, 1<<20)
	for decoder := json.NewDecoder(lines); decoder.More(); count++ {
		var pair [2]string
		if err := decoder.Decode(&pair); err != nil {
			fmt.Println(err)
			os.Exit(1)
		}
		check(pair)
	}
	fmt.Println(count, "pairs")
}
