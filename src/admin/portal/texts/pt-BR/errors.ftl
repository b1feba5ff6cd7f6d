# Rules, and why something was not done.

error-blocked-by-operator = O operador o bloqueou, e só ele pode desbloquear.
error-broken = A página não pôde ser criada. O operador encontra o motivo no registro.
error-changed = Outra pessoa alterou isto nesse meio-tempo. Veja e decida novamente.
error-code-needed = Digite o código que seu aplicativo autenticador mostra.
error-code-refused = O código não pertence a esta chave agora. Veja se o relógio do seu celular está certo.
error-device-exists = Você já tem um aparelho com este endereço MAC.
error-device-not-found = Não há aparelho com este endereço MAC. Adicione-o primeiro.
error-extension-already-carried = Outro telefone já usa este ramal; o produto não permite mais. Libere aquela linha primeiro.
error-forbidden = Você não pode fazer isto. Pergunte ao seu administrador.
error-license-expired = A licença venceu e sua tolerância terminou em { $day }. Peça uma nova ao seu operador.
error-license-in-grace = A licença venceu: até { $day } os telefones continuam funcionando, mas nada pode ser adicionado.
error-license-not-yet-valid = A licença começa em { $day }; antes disso nada pode ser adicionado.
error-license-undecidable = A licença não pode ser verificada agora, por isso nenhuma vaga pode ser ocupada. O operador precisa corrigir isso.
error-line-beyond-model = O telefone tem menos linhas. Escolha um número menor.
error-line-taken = Esta linha já está em uso. Escolha outra ou libere-a primeiro.
error-mac-unavailable = Este aparelho não pode ser adicionado aqui. Se o telefone é seu, pergunte ao operador.
error-no-license = Nenhuma licença está instalada, por isso nada pode ser adicionado. Peça uma ao seu operador.
error-no-seat-left = { $product }: { $used } de { $limit } vagas estão em uso. Escolha outro produto, remova um ramal ou peça mais ao seu operador.
error-nowhere = Não há nada aqui, ou você não pode ver.
error-number-taken = Este número já está em uso. Escolha outro.
error-other = Isto não foi feito: { $detail }
error-password-refused = 12 a 128 caracteres, e não o nome.
error-product-unknown = A licença não tem o produto “{ $product }”.
error-sign-in-refused = O nome, a senha ou o código está errado, ou você não pode entrar daqui.
error-sip-user-taken = Este número já está em uso como usuário SIP. Escolha outro.
error-too-many-attempts = { $seconds ->
    [one] Muitas tentativas falharam. Tente novamente em { $seconds } segundo.
   *[other] Muitas tentativas falharam. Tente novamente em { $seconds } segundos.
}
error-too-many-lines = Mais telefones o usam do que o novo plano permite. Libere algumas linhas primeiro.
error-unavailable = O banco de dados não responde. Nada foi alterado; tente novamente em instantes.
rule-extension-number = 1 a 5 dígitos.
rule-line = Uma linha é um número a partir de 1.
rule-mac = Um endereço MAC tem 12 caracteres de 0 a 9 e A a F.
rule-missing = Isto é necessário.
rule-name = Até 32 caracteres.
rule-password = 12 a 128 caracteres, e não o nome.
rule-product = Escolha um produto da lista.
rule-same-password = As duas senhas não são iguais.
