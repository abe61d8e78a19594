package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"io"
	"os"
	"strings"

	sigs "sigs.k8s.io/yaml"
)

// chunk is what kubectl makes one document of: the lines up to one that begins with "---".
type chunk struct {
	Line   int    `json:"line"`             // of its first line, from 1
	JSON   string `json:"json,omitempty"`   // what it says
	Error  string `json:"error,omitempty"`  // why it cannot be read
	Strict string `json:"strict,omitempty"` // why it cannot be read strictly
}

type file struct {
	Path   string  `json:"path"`
	Chunks []chunk `json:"chunks"`
}

// isSeparator says whether a line ends a chunk, and whether it is well-formed for kubectl.
func isSeparator(line string) (bool, bool) {
	if !strings.HasPrefix(line, "---") {
		return false, true
	}
	rest := strings.TrimSpace(line[3:])
	return true, rest == "" || strings.HasPrefix(rest, "#")
}

func readChunk(text string, line int) chunk {
	c := chunk{Line: line}
	value, err := sigs.YAMLToJSON([]byte(text))
	if err != nil {
		c.Error = err.Error()
		return c
	}
	c.JSON = string(value)
	if _, err := sigs.YAMLToJSONStrict([]byte(text)); err != nil {
		c.Strict = err.Error()
	}
	return c
}

// readYAML splits a text as k8s.io/apimachinery does.
func readYAML(text string) []chunk {
	var chunks []chunk
	var lines strings.Builder
	start, number := 1, 0
	text = strings.TrimSuffix(strings.ReplaceAll(text, "\r\n", "\n"), "\n")
	for _, line := range strings.Split(text, "\n") {
		number++
		separates, fits := isSeparator(line)
		if !separates {
			lines.WriteString(line + "\n")
			continue
		}
		chunks = append(chunks, readChunk(lines.String(), start))
		if !fits {
			chunks = append(chunks, chunk{Line: number, Error: "invalid Yaml document separator"})
		}
		lines.Reset()
		start = number
		lines.WriteString("\n")
	}
	return append(chunks, readChunk(lines.String(), start))
}

// readJSON reads a text that starts with "{" as kubectl does; false when it is none.
func readJSON(text []byte) ([]chunk, bool) {
	var chunks []chunk
	if !bytes.HasPrefix(bytes.TrimLeft(text, " \t\r\n"), []byte("{")) {
		return nil, false
	}
	for decoder := json.NewDecoder(bytes.NewReader(text)); ; {
		var value json.RawMessage
		rest := text[decoder.InputOffset():]
		start := len(text) - len(bytes.TrimLeft(rest, " \t\r\n"))
		line := 1 + bytes.Count(text[:start], []byte("\n"))
		if err := decoder.Decode(&value); err == io.EOF {
			return chunks, true
		} else if err != nil {
			return nil, false
		}
		chunks = append(chunks, chunk{Line: line, JSON: string(value)})
	}
}

// dumpDocuments reads paths from standard input, one a line, and prints what each file says.
func dumpDocuments() error {
	out := bufio.NewWriter(os.Stdout)
	defer out.Flush()
	encoder := json.NewEncoder(out)
	for paths := bufio.NewScanner(os.Stdin); paths.Scan(); {
		text, err := os.ReadFile(paths.Text())
		if err != nil {
			return err
		}
		chunks, isJSON := readJSON(text)
		if !isJSON {
			chunks = readYAML(string(text))
		}
		if err := encoder.Encode(file{paths.Text(), chunks}); err != nil {
			return err
		}
	}
	return nil
}
