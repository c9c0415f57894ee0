//! Just enough of Rust's grammar to count functions and find modules: words and marks, without comments and literals.

#[derive(Debug, PartialEq, Eq)]
pub struct Token {
    pub text: String,
    pub line: usize,
}

pub struct Function {
    pub name: String,
    pub line: usize,
    pub lines: usize,
}

/// Identifiers, numbers and single marks of the code; a literal becomes one `"`.
pub fn tokens(text: &str) -> Vec<Token> {
    Reader { chars: text.chars().collect(), at: 0, line: 1, tokens: Vec::new() }.read()
}

/// Every function with a body, also nested ones and methods.
pub fn functions(tokens: &[Token]) -> Vec<Function> {
    let starts =
        tokens.windows(2).enumerate().filter(|(_, pair)| pair[0].text == "fn" && is_word(&pair[1].text));
    starts
        .filter_map(|(at, pair)| {
            let end = body_end(&tokens[at..])?;
            Some(Function { name: pair[1].text.clone(), line: pair[0].line, lines: end - pair[0].line + 1 })
        })
        .collect()
}

/// Modules kept in files of their own: `mod name;`.
pub fn modules(tokens: &[Token]) -> Vec<&Token> {
    let declared = tokens.windows(3).filter(|three| three[0].text == "mod" && three[2].text == ";");
    declared.map(|three| &three[1]).collect()
}

fn is_word(text: &str) -> bool {
    text.chars().next().is_some_and(|first| first.is_alphabetic() || first == '_')
}

/// The line of the brace that closes the body; none where a `;` ends the signature.
fn body_end(tokens: &[Token]) -> Option<usize> {
    let (mut inside, mut braces) = (0_i32, 0_i32);
    for token in tokens {
        match token.text.as_str() {
            "(" | "[" => inside += 1,
            ")" | "]" => inside -= 1,
            ";" if inside == 0 && braces == 0 => return None,
            "{" => braces += 1,
            "}" => {
                braces -= 1;
                if braces == 0 && inside == 0 {
                    return Some(token.line);
                }
            }
            _ => {}
        }
    }
    None
}

struct Reader {
    chars: Vec<char>,
    at: usize,
    line: usize,
    tokens: Vec<Token>,
}

impl Reader {
    fn read(mut self) -> Vec<Token> {
        while let Some(first) = self.peek(0) {
            match first {
                '/' if self.peek(1) == Some('/') => self.skip_while(|c| c != '\n'),
                '/' if self.peek(1) == Some('*') => self.block_comment(),
                '"' => self.literal(0, true),
                '\'' => self.quote(),
                c if c.is_alphanumeric() || c == '_' => self.word(),
                c if c.is_whitespace() => self.step(),
                c => {
                    self.push(c.to_string());
                    self.step();
                }
            }
        }
        self.tokens
    }

    fn peek(&self, ahead: usize) -> Option<char> {
        self.chars.get(self.at + ahead).copied()
    }

    fn step(&mut self) {
        if self.peek(0) == Some('\n') {
            self.line += 1;
        }
        self.at += 1;
    }

    fn skip_while(&mut self, goes_on: impl Fn(char) -> bool) {
        while self.peek(0).is_some_and(&goes_on) {
            self.step();
        }
    }

    fn push(&mut self, text: String) {
        self.tokens.push(Token { text, line: self.line });
    }

    fn block_comment(&mut self) {
        let mut depth = 0;
        while let Some(c) = self.peek(0) {
            match (c, self.peek(1)) {
                ('/', Some('*')) => depth += 1,
                ('*', Some('/')) => depth -= 1,
                _ => {
                    self.step();
                    continue;
                }
            }
            self.at += 2;
            if depth == 0 {
                return;
            }
        }
    }

    /// A word, or the prefix of a raw or byte literal.
    fn word(&mut self) {
        let start = self.at;
        self.skip_while(|c| c.is_alphanumeric() || c == '_');
        let word: String = self.chars[start..self.at].iter().collect();
        let hashes = self.chars[self.at..].iter().take_while(|c| **c == '#').count();
        let quoted = self.peek(hashes) == Some('"');
        match word.as_str() {
            "r" | "br" | "cr" if quoted => {
                self.at += hashes;
                self.literal(hashes, false);
            }
            "b" | "c" if quoted && hashes == 0 => self.literal(0, true),
            "b" if self.peek(0) == Some('\'') => self.quote(),
            _ => self.push(word),
        }
    }

    fn literal(&mut self, hashes: usize, escapes: bool) {
        self.push("\"".into());
        self.step();
        while let Some(c) = self.peek(0) {
            if escapes && c == '\\' {
                self.step();
                self.step();
                continue;
            }
            self.step();
            if c == '"' && (0..hashes).all(|ahead| self.peek(ahead) == Some('#')) {
                self.at += hashes;
                return;
            }
        }
    }

    /// A character, or the mark before a lifetime or label.
    fn quote(&mut self) {
        if self.peek(1) == Some('\\') {
            self.at += 3;
            self.skip_while(|c| c != '\'');
            self.step();
        } else if self.peek(2) == Some('\'') {
            self.at += 3;
        } else {
            self.step();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check_words(text: &str, expected: &str) {
        let words: Vec<String> = tokens(text).into_iter().map(|token| token.text).collect();
        assert_eq!(words.join(" "), expected, "{text}");
    }

    fn check_functions(text: &str, expected: &[(&str, usize, usize)]) {
        let found = functions(&tokens(text));
        let found: Vec<_> = found.iter().map(|f| (f.name.as_str(), f.line, f.lines)).collect();
        assert_eq!(found, expected, "{text}");
    }

    #[test]
    fn comments_and_literals_are_no_code() {
        check_words("a // fn b\n/* fn /* c */ */ d", "a d");
        check_words(r##"x("fn { \" ", r#"a " b"#, b"y", 'z', '\'', '"')"##, "x ( \" , \" , \" , , , )");
        check_words("fn f<'a>(x: &'a str)", "fn f < a > ( x : & a str )");
    }

    #[test]
    fn a_function_is_counted_from_its_name_to_its_last_brace() {
        check_functions("fn one() {}\n\nfn three() {\n  if a { b }\n}\n", &[("one", 1, 1), ("three", 3, 3)]);
        check_functions(
            "trait T {\n fn none(&self, x: [u8; 3]);\n fn some(&self) -> [u8; 2] {\n [0; 2] } }",
            &[("some", 3, 2)],
        );
        check_functions(
            "type F = fn(u8);\nfn outer() {\n fn inner() {\n}\n}",
            &[("outer", 2, 4), ("inner", 3, 2)],
        );
    }

    #[test]
    fn only_modules_in_files_of_their_own_are_found() {
        let tokens = tokens("pub mod a;\nmod b { }\n#[cfg(test)]\nmod tests;\n// mod c;");
        let names: Vec<_> = modules(&tokens).iter().map(|token| token.text.as_str()).collect();
        assert_eq!(names, ["a", "tests"]);
    }
}
